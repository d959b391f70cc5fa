"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const narrow = window.matchMedia("(max-width: 600px)").matches;
const charts = [];

// Colour is never the only difference: lines have their dashes and markers,
// bars their patterns.
const styles = [
  { dash: [7, 4], marker: "rect", hatch: "diagonal" },
  { dash: [2, 3], marker: "triangle", hatch: "dots" },
  { dash: [], marker: "circle", hatch: "solid" },
];

function cssColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name)
    .trim();
}

function policyColour(index) {
  return cssColour(`--policy-${index % styles.length}`);
}

// A bar's filling.
function pattern(index) {
  const { hatch } = styles[index % styles.length];
  const colour = policyColour(index);
  if (hatch === "solid") return colour;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 2;
  if (hatch === "diagonal") {
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift, 8);
      pen.lineTo(shift + 8, 0);
    }
    pen.stroke();
  } else {
    pen.fillRect(1, 1, 3, 3);
    pen.fillRect(5, 5, 3, 3);
  }
  return pen.createPattern(tile, "repeat");
}

function lineSet(policy, index, points, every) {
  const style = styles[index % styles.length];
  return {
    label: policy.name,
    data: points,
    borderColor: policyColour(index),
    backgroundColor: policyColour(index),
    borderDash: style.dash,
    borderWidth: 2.5,
    clip: 8,
    pointStyle: style.marker,
    pointRadius: (context) => (context.dataIndex % every ? 0 : 4),
    pointHoverRadius: 6,
  };
}

// Names each line at its right end, as far apart as the text needs.
const nameLines = {
  id: "nameLines",
  afterDatasetsDraw(chart) {
    if (narrow) return;
    const ends = chart.data.datasets.map((set, i) => ({
      name: set.label,
      colour: set.borderColor,
      y: chart.getDatasetMeta(i).data.at(-1).y,
    }));
    ends.sort((a, b) => a.y - b.y);
    const pen = chart.ctx;
    pen.save();
    pen.font = `600 13px ${Chart.defaults.font.family}`;
    pen.textBaseline = "middle";
    let lowest = -Infinity;
    for (const end of ends) {
      lowest = Math.max(end.y, lowest + 16);
      pen.fillStyle = end.colour;
      pen.fillText(end.name, chart.chartArea.right + 10, lowest);
    }
    pen.restore();
  },
};

// Writes each bar's value above it.
const nameBars = {
  id: "nameBars",
  afterDatasetsDraw(chart) {
    const pen = chart.ctx;
    pen.save();
    pen.font = `${narrow ? 11 : 13}px ${Chart.defaults.font.family}`;
    pen.textAlign = "center";
    pen.fillStyle = cssColour("--ink");
    chart.data.datasets.forEach((set, i) => {
      chart.getDatasetMeta(i).data.forEach((bar, j) => {
        pen.fillText(set.data[j].toFixed(narrow ? 0 : 1), bar.x, bar.y - 6);
      });
    });
    pen.restore();
  },
};

// Lines show their dashes, bars their filling.
function legendKey(type) {
  if (type === "bar") return { boxWidth: 32, boxHeight: 14 };
  return {
    usePointStyle: true,
    pointStyle: "line",
    pointStyleWidth: 40,
    generateLabels(chart) {
      const standard = Chart.defaults.plugins.legend.labels.generateLabels;
      return standard(chart).map((item) => ({
        ...item,
        lineDash: chart.data.datasets[item.datasetIndex].borderDash,
      }));
    },
  };
}

function draw(id, type, datasets, scales, extra) {
  const grid = { color: cssColour("--rule") };
  const title = (text) => ({ display: true, text });
  charts.push(new Chart(document.getElementById(id), {
    type,
    data: { datasets, labels: extra.labels },
    plugins: [type === "bar" ? nameBars : nameLines],
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "nearest", intersect: false },
      layout: { padding: { right: type === "bar" || narrow ? 8 : 150, top: 8 } },
      scales: {
        x: { ...scales.x, grid, title: title(extra.x) },
        y: { ...scales.y, grid, title: title(extra.y) },
      },
      plugins: {
        legend: { position: "top", align: "start", labels: legendKey(type) },
        tooltip: { callbacks: extra.tooltip },
      },
    },
  }));
}

// A failed request has no latency: it is drawn on a line of its own above all.
function latencyScale(values) {
  const known = values.filter((ms) => ms !== null);
  const slowest = Math.max(100, ...known);
  const fastest = Math.min(10, ...known);
  const failed = slowest * 2;
  const powers = [];
  for (let ms = 0.001; ms < slowest * 1.3; ms *= 10) {
    for (const factor of [1, 3]) {
      const tick = Number((ms * factor).toPrecision(1));
      if (tick >= fastest && tick < slowest * 1.3) powers.push(tick);
    }
  }
  return {
    failed,
    y: {
      type: "logarithmic",
      min: fastest,
      max: failed * 1.3,
      afterBuildTicks: (axis) => {
        axis.ticks = [...powers, failed].map((value) => ({ value }));
      },
      ticks: {
        autoSkip: false,
        callback: (ms) => (ms === failed ? "failed" : `${ms} ms`),
      },
    },
    label: (ms) => (ms === failed ? "failed" : `${ms.toPrecision(3)} ms`),
  };
}

function percentile(nines) {
  return Number((100 * (1 - 10 ** -nines)).toFixed(2));
}

function drawDistribution() {
  const scale = latencyScale(
    data.policies.flatMap((policy) => policy.curve.map(({ ms }) => ms)));
  const sets = data.policies.map((policy, i) => lineSet(policy, i,
    policy.curve.map(({ nines, ms }) => ({ x: nines, y: ms ?? scale.failed })),
    15));
  const marks = [10, 50, 90, 99, 99.9];
  const x = {
    type: "linear",
    min: data.policies[0].curve[0].nines,
    max: data.policies[0].curve.at(-1).nines,
    afterBuildTicks: (axis) => {
      axis.ticks = marks.map((p) => ({ value: -Math.log10(1 - p / 100) }));
    },
    ticks: { callback: (nines) => `p${percentile(nines)}` },
  };
  draw("distribution", "line", sets, { x, y: scale.y }, {
    x: "part of the requests",
    y: "latency",
    tooltip: {
      title: (items) => `p${percentile(items[0].parsed.x)}`,
      label: ({ dataset, parsed }) =>
        `${dataset.label}: ${scale.label(parsed.y)}`,
    },
  });
}

function secondsScale() {
  const latest = data.policies.flatMap((p) => p.seconds.map(({ at }) => at));
  const max = Math.ceil(Math.max(1, ...latest));
  return { type: "linear", min: 0, max, ticks: { precision: 0 } };
}

function overTime(policy, index, value) {
  const points = policy.seconds.map((second) => (
    { x: second.at, y: value(second) }));
  return lineSet(policy, index, points, 1);
}

function drawLatency() {
  const scale = latencyScale(
    data.policies.flatMap((policy) => policy.seconds.map(({ p50 }) => p50)));
  const sets = data.policies.map((policy, i) => overTime(policy, i,
    ({ p50 }) => p50 ?? scale.failed));
  draw("latency", "line", sets, { x: secondsScale(), y: scale.y }, {
    x: "seconds since the start of the run",
    y: "median latency",
    tooltip: {
      title: (items) => `second ${Math.ceil(items[0].parsed.x)}`,
      label: ({ dataset, parsed }) =>
        `${dataset.label}: ${scale.label(parsed.y)}`,
    },
  });
}

function drawErrors() {
  const sets = data.policies.map((policy, i) => overTime(policy, i,
    ({ errors }) => errors));
  const y = { min: 0, ticks: { callback: (value) => `${value} %` } };
  draw("errors", "line", sets, { x: secondsScale(), y }, {
    x: "seconds since the start of the run",
    y: "errors",
    tooltip: {
      title: (items) => `second ${Math.ceil(items[0].parsed.x)}`,
      label: ({ dataset, parsed }) =>
        `${dataset.label}: ${parsed.y.toFixed(1)} %`,
    },
  });
}

function drawShares() {
  const sets = data.policies.map((policy, i) => ({
    label: policy.name,
    data: policy.shares,
    backgroundColor: pattern(i),
    borderColor: policyColour(i),
    borderWidth: 2,
  }));
  const y = { min: 0, grace: "8%",
    ticks: { callback: (value) => `${value} %` } };
  draw("shares", "bar", sets, { x: {}, y }, {
    labels: data.backends,
    x: "backend",
    y: "share of attempts",
    tooltip: {
      label: ({ dataset, parsed }) =>
        `${dataset.label}: ${parsed.y.toFixed(1)} %`,
    },
  });
}

function drawAll() {
  for (const chart of charts.splice(0)) chart.destroy();
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = narrow ? 12 : 13;
  Chart.defaults.color = cssColour("--ink");
  drawDistribution();
  drawLatency();
  drawErrors();
  drawShares();
  document.documentElement.dataset.charts = charts.length;
}

drawAll();
window.matchMedia("(prefers-color-scheme: dark)")
  .addEventListener("change", drawAll);
