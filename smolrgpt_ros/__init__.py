# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""Exact answers to spatial questions about a warehouse, for ROS 2."""

from pkgutil import extend_path

# In a checkout the generated `msg` and `srv` lie in another folder of the same name, that of the
# install space; both together are the package. An installed package is whole and does not need
# this.
__path__ = extend_path(__path__, __name__)
