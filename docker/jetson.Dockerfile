# syntax=docker/dockerfile:1
# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
#
# The package with CUDA on a Jetson of JetPack 6 (Jetson Linux R36): docker/README.md says how.
# The image of JetPack brings CUDA, cuDNN and Python 3.10; torch comes from the Jetson AI Lab.
ARG L4T_JETPACK=r36.4.0
FROM nvcr.io/nvidia/l4t-jetpack:${L4T_JETPACK}

ARG ROS_DISTRO=humble
ARG TORCH_INDEX=https://pypi.jetson-ai-lab.io/jp6/cu126
ENV DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 ROS_DISTRO=${ROS_DISTRO}
SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl gnupg \
    && curl -fsSL https://raw.githubusercontent.com/ros/rosdistro/master/ros.key \
        -o /usr/share/keyrings/ros-archive-keyring.gpg \
    && echo "deb [signed-by=/usr/share/keyrings/ros-archive-keyring.gpg] http://packages.ros.org/ros2/ubuntu jammy main" \
        > /etc/apt/sources.list.d/ros2.list \
    && apt-get update \
    && apt-get install -y --no-install-recommends build-essential libopenblas0 \
        python3-colcon-common-extensions python3-pip python3-rosdep "ros-${ROS_DISTRO}-ros-base" \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/ws
COPY package.xml src/smolrgpt_ros/package.xml
RUN apt-get update \
    && rosdep init \
    && rosdep update --rosdistro "${ROS_DISTRO}" \
    && rosdep install --from-paths src --ignore-src -y --rosdistro "${ROS_DISTRO}" \
    && rm -rf /var/lib/apt/lists/*

# numpy stays below 2: Ubuntu's scipy and cv_bridge are compiled for it.
RUN pip install --no-cache-dir --index-url "${TORCH_INDEX}" 'torch>=2.2' 'numpy<2' \
    && pip install --no-cache-dir 'transformers>=4.50,<5' 'safetensors>=0.4' 'tokenizers>=0.21' \
        'pillow>=9.1' 'numpy<2'

COPY . src/smolrgpt_ros
RUN source "/opt/ros/${ROS_DISTRO}/setup.bash" \
    && colcon build --packages-select smolrgpt_ros --cmake-args -DBUILD_TESTING=OFF \
    && rm -rf build log

RUN useradd --create-home --uid 1200 --groups video robot
USER 1200
COPY --chmod=755 docker/entrypoint.sh /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
CMD ["ros2", "launch", "smolrgpt_ros", "warehouse.launch.py"]
