# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""`python -m smolrgpt_ros.cli` is `smolrgpt`."""

from __future__ import annotations

from smolrgpt_ros.cli import main

if __name__ == '__main__':
    main()
