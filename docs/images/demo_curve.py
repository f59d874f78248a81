"""Draws demo-curve.svg from ../benchmarks/demo-curve.csv: python3 docs/images/demo_curve.py"""

import pathlib

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import pandas as pd

here = pathlib.Path(__file__).parent
rows = pd.read_csv(here / "../benchmarks/demo-curve.csv").sort_values("cost")
full = rows[rows.threshold == 0].iloc[0]
naive_bayes = rows.naive_bayes.iloc[0]

matplotlib.rcParams["svg.hashsalt"] = "demo-curve"
figure, axes = plt.subplots(figsize=(7, 3.6))
axes.fill_between(100 * rows.cost, rows.low, rows.high, alpha=0.15, label="95 % interval")
axes.plot(100 * rows.cost, rows.accuracy, marker="o", label="early exit, by entropy threshold S")
axes.axhline(full.accuracy, linestyle=":", color="black", label="full depth")
axes.axhline(naive_bayes, linestyle="--", color="grey", label="naive Bayes on the same rows")
for row in rows.itertuples():
    if row.threshold in (0.4, 0.8, 1.2, 1.6):
        axes.annotate(f"S = {row.threshold}", (100 * row.cost, row.accuracy), xytext=(4, -12), textcoords="offset points", fontsize=8)
axes.set_xlabel("FLOPs, % of full depth")
axes.set_ylabel("accuracy, %")
axes.set_xlim(0, 105)
axes.legend(loc="center right", fontsize=8)
axes.grid(alpha=0.3)
figure.tight_layout()
figure.savefig(here / "demo-curve.svg", metadata={"Date": None})
