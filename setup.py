# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""For tools that know nothing of pyproject.toml; everything is said there."""

from setuptools import setup

setup()
