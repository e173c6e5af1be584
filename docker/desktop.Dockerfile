# syntax=docker/dockerfile:1
# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
#
# The package on a ROS 2 of Ubuntu, for a desktop or a robot's PC: docker/README.md says how.
ARG ROS_DISTRO=jazzy
FROM ros:${ROS_DISTRO}-ros-base

# Again, since what stands before FROM ends there.
ARG ROS_DISTRO
ARG NEURAL=false
ENV DEBIAN_FRONTEND=noninteractive
SHELL ["/bin/bash", "-o", "pipefail", "-c"]

WORKDIR /opt/ws
COPY package.xml src/smolrgpt_ros/package.xml

# Versions are the distribution's: pinning those of apt would break the image with its next update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-colcon-common-extensions python3-pip \
    && rosdep update --rosdistro "${ROS_DISTRO}" \
    && rosdep install --from-paths src --ignore-src -y --rosdistro "${ROS_DISTRO}" \
    && rm -rf /var/lib/apt/lists/*

COPY . src/smolrgpt_ros
RUN source "/opt/ros/${ROS_DISTRO}/setup.bash" \
    && colcon build --packages-select smolrgpt_ros --cmake-args -DBUILD_TESTING=OFF \
    && rm -rf build log

# torch for a CPU; an image with CUDA is 5 GB larger and wants another index (TORCH_INDEX).
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_BREAK_SYSTEM_PACKAGES=1
RUN if [ "${NEURAL}" = true ]; then \
        pip install --no-cache-dir --index-url "${TORCH_INDEX}" 'torch>=2.2' 'numpy<2' \
        && pip install --no-cache-dir 'transformers>=4.50,<5' 'safetensors>=0.4' 'tokenizers>=0.21'; \
    fi

RUN useradd --create-home --uid 1200 robot
USER 1200
COPY --chmod=755 docker/entrypoint.sh /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
CMD ["ros2", "launch", "smolrgpt_ros", "warehouse.launch.py"]
