# Copyright 2026 The smolrgpt_ros authors
# SPDX-License-Identifier: Apache-2.0
"""How pages look: dark on light, wide enough for two figures beside each other, fit to print."""

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #eef0f2; color: #16191d; font: 16px/1.5 system-ui, sans-serif; }
main, .columns > div { display: grid; gap: 16px; align-content: start; }
main { max-width: 1240px; margin: 0 auto; padding: 20px; }
.columns { display: grid; gap: 16px; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); }
main > *, .columns > div { min-width: 0; }
header, section { background: #fff; border: 1px solid #c9ced4; border-radius: 8px; padding: 18px; }
h1 { font-size: 1.15rem; margin: 0 0 6px; font-weight: 500; color: #444b54; }
h2 { font-size: 1rem; margin: 0 0 10px; }
.answer { font-size: 1.6rem; line-height: 1.25; font-weight: 650; margin: 0 0 10px; }
.chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 0 0 8px; }
.chips span { border: 1.5px solid #16191d; border-radius: 99px; padding: 1px 12px;
  font-size: .92rem; }
.source, figcaption { color: #4a525c; font-size: .9rem; margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; }
figure img, figure svg { width: 100%; height: auto; display: block; border: 1px solid #c9ced4;
  background: #fff; font-family: system-ui, sans-serif; }
figcaption { margin-top: 8px; }
.scale { margin-top: 8px; }
.scale img { height: 16px; }
.scale p { display: flex; justify-content: space-between; margin: 2px 0 0; font-size: .9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid #d9dde2;
  vertical-align: top; }
td:nth-child(2) { white-space: nowrap; }
th { color: #4a525c; font-weight: 600; white-space: nowrap; }
@media print { body { background: #fff; } header, section { break-inside: avoid; } }
"""
