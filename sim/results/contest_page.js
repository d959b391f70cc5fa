"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const narrow = window.matchMedia("(max-width: 700px)").matches;
const charts = new Map();

// Colour is never the only difference: no two of the first 105 lines agree in
// colour, marker and dashes, and ten can be told apart by the marker alone, as
// every other five are hollow.
const colours = 7;
const markers = ["circle", "rect", "triangle", "rectRot", "cross"];
const hollowMarkers = [...markers.slice(0, 4), "crossRot"];
const dashes = [[], [7, 4], [2, 3]];

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name)
    .trim();
}

function lineStyle(index) {
  const colour = css(`--line-${index % colours}`);
  const hollow = Math.floor(index / markers.length) % 2 === 1;
  return {
    borderColor: colour,
    backgroundColor: hollow ? css("--panel") : colour,
    borderDash: dashes[index % dashes.length],
    borderWidth: 2,
    pointStyle: (hollow ? hollowMarkers : markers)[index % markers.length],
    pointBorderWidth: 2,
    pointHoverRadius: 7,
    clip: 8,
  };
}

// Markers on about ten points of a line, not at the same place on each.
function lineSet(name, index, points) {
  const every = Math.max(1, Math.ceil(points.length / 10));
  const marked = ({ dataIndex }) => (dataIndex + index) % every === 0;
  return {
    ...lineStyle(index),
    label: name,
    data: points,
    pointRadius: (context) => (marked(context) ? 4 : 0),
  };
}

function lastPlace(chart, set) {
  const places = chart.getDatasetMeta(set).data.map(({ y }) => y);
  return places.filter(Number.isFinite).at(-1);
}

// Names each line at its right end, as far apart as the text needs.
const nameLines = {
  id: "nameLines",
  afterDatasetsDraw(chart) {
    const ends = chart.data.datasets
      .map((set, i) => ({ set, y: lastPlace(chart, i) }))
      .filter(({ y }) => y !== undefined)
      .sort((a, b) => a.y - b.y);
    const { top, bottom, right } = chart.chartArea;
    if (narrow || ends.length * 15 > bottom - top) return;
    const pen = chart.ctx;
    pen.save();
    pen.font = `600 12px ${Chart.defaults.font.family}`;
    pen.textBaseline = "middle";
    let lowest = -Infinity;
    ends.forEach(({ set, y }, i) => {
      // Room is left for those that still come.
      const most = bottom - 15 * (ends.length - 1 - i);
      lowest = Math.max(Math.min(y, most), lowest + 15);
      pen.fillStyle = set.borderColor;
      pen.fillText(set.label, right + 10, lowest);
    });
    pen.restore();
  },
};

// A dotted line at each event, with its number in the list above the chart.
const markEvents = {
  id: "markEvents",
  beforeDatasetsDraw(chart) {
    const { events } = chart.options.plugins.markEvents;
    const { top, bottom } = chart.chartArea;
    const pen = chart.ctx;
    pen.save();
    pen.strokeStyle = pen.fillStyle = css("--soft");
    pen.setLineDash([1, 3]);
    pen.font = `11px ${Chart.defaults.font.family}`;
    events.forEach(({ at }, i) => {
      const x = chart.scales.x.getPixelForValue(at);
      if (x > chart.chartArea.right + 1) return;
      pen.beginPath();
      pen.moveTo(x, top);
      pen.lineTo(x, bottom);
      pen.stroke();
      pen.fillText(String(i + 1), x + 2, top + 10);
    });
    pen.restore();
  },
};

// The line at 1, and each point's interval.
const markIntervals = {
  id: "markIntervals",
  beforeDatasetsDraw(chart) {
    const { scales: { x, y }, chartArea, ctx: pen } = chart;
    pen.save();
    pen.strokeStyle = css("--ink");
    pen.beginPath();
    pen.moveTo(x.getPixelForValue(1), chartArea.top);
    pen.lineTo(x.getPixelForValue(1), chartArea.bottom);
    pen.stroke();
    for (const set of chart.data.datasets) {
      pen.strokeStyle = set.borderColor;
      for (const point of set.data) {
        if (point.low === null) continue;
        pen.beginPath();
        pen.moveTo(x.getPixelForValue(point.low), y.getPixelForValue(point.y));
        pen.lineTo(x.getPixelForValue(point.high), y.getPixelForValue(point.y));
        pen.stroke();
      }
    }
    pen.restore();
  },
};

// The legend shows a line's dashes; its markers are on the chart.
function dashedKeys(chart) {
  const standard = Chart.defaults.plugins.legend.labels.generateLabels;
  return standard(chart).map((item) => ({
    ...item,
    pointStyle: "line",
    lineDash: chart.data.datasets[item.datasetIndex].borderDash,
  }));
}

function draw(id, type, datasets, scales, extra) {
  charts.get(id)?.destroy();
  const lines = type === "line";
  const grid = { color: css("--rule") };
  const labels = lines
    ? { usePointStyle: true, pointStyleWidth: 36, generateLabels: dashedKeys }
    : { usePointStyle: true };
  charts.set(id, new Chart(document.getElementById(id), {
    type,
    data: { datasets },
    plugins: extra.plugins,
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "nearest", intersect: false },
      layout: { padding: { right: lines && !narrow ? 190 : 8, top: 4 } },
      scales: {
        x: { grid, ...scales.x, title: { display: true, text: extra.x } },
        y: { grid, ...scales.y, title: { display: true, text: extra.y } },
      },
      plugins: {
        legend: { position: "top", align: "start", labels },
        tooltip: { callbacks: extra.tooltip },
        markEvents: { events: extra.events ?? [] },
      },
    },
  }));
}

// 1, 2 and 5 times the powers of ten within the axis.
function plainTicks(axis) {
  const ticks = [];
  for (let power = -4; power < 9; ++power) {
    for (const factor of [1, 2, 5]) {
      const value = Number(`${factor}e${power}`);
      if (value >= axis.min && value <= axis.max) ticks.push({ value });
    }
  }
  axis.ticks = ticks;
}

function logarithmic(values, unit) {
  const known = values.filter((value) => value > 0);
  return {
    type: "logarithmic",
    min: Math.min(...known, 1e8) / 1.15,
    max: Math.max(...known, 1e-3) * 1.15,
    afterBuildTicks: plainTicks,
    ticks: { callback: (value) => `${value}${unit}` },
  };
}

function drawOverview() {
  const rows = data.scenarios.length;
  const others = data.policies.map((name, index) => ({ name, index }))
    .filter(({ index }) => index !== data.base);
  const box = document.getElementById("overview_box");
  box.style.height = `${150 + rows * (12 + 7 * others.length)}px`;
  const sets = others.map(({ name, index }, place) => ({
    ...lineStyle(index),
    label: name,
    pointRadius: 4,
    data: data.scenarios.map(({ entries }, row) => ({
      x: entries[index].ratio,
      y: row + 0.8 * ((place + 0.5) / others.length - 0.5),
      low: entries[index].low,
      high: entries[index].high,
    })),
  }));
  const y = {
    min: -0.5,
    max: rows - 0.5,
    reverse: true,
    afterBuildTicks: (axis) => {
      axis.ticks = data.scenarios.map((_, value) => ({ value }));
    },
    ticks: { autoSkip: false, callback: (row) => data.scenarios[row].title },
  };
  const x = logarithmic([1, ...sets.flatMap((set) => set.data.map((p) => p.x))],
    "");
  // A long chart is read from the top.
  draw("overview", "scatter", sets, { x: { ...x, position: "top" }, y }, {
    plugins: [markIntervals],
    x: `cost relative to ${data.policies[data.base]}`,
    y: "",
    tooltip: {
      label: ({ dataset, raw }) =>
        `${data.scenarios[Math.round(raw.y)].title}, ${dataset.label}: ${raw.x}`
        + (raw.low === null ? "" : ` [${raw.low}, ${raw.high}]`),
    },
  });
}

function nines(thousandths) {
  return -Math.log10(1 - thousandths / 1000);
}

function drawDistribution(scenario) {
  // The longest of all has no place on this scale.
  const places = data.thousandths.filter((each) => each < 1000);
  const sets = data.policies.map((name, i) => lineSet(name, i,
    places.map((each, k) => (
      { x: nines(each), y: scenario.entries[i].quantiles[k] || null }))));
  const marks = [100, 500, 900, 990, 999];
  const x = {
    type: "linear",
    min: nines(marks[0]),
    max: nines(marks.at(-1)),
    afterBuildTicks: (axis) => {
      axis.ticks = marks.map((mark) => ({ value: nines(mark) }));
    },
    ticks: { callback: (_, i) => `p${marks[i] / 10}` },
  };
  const y = logarithmic(sets.flatMap((set) => set.data.map((p) => p.y)), " ms");
  draw("distribution", "line", sets, { x, y }, {
    plugins: [nameLines],
    x: "part of the requests",
    y: "cost",
    tooltip: {
      title: (items) => `p${places[items[0].dataIndex] / 10}`,
      label: ({ dataset, parsed }) => `${dataset.label}: ${parsed.y} ms`,
    },
  });
}

// The middle of each second.
function overTime(values) {
  return values.map((y, second) => ({ x: second + 0.5, y }));
}

function timeAxis(scenario) {
  const seconds = scenario.entries.map(({ costs }) => costs.length);
  return { type: "linear", min: 0, max: Math.max(1, ...seconds),
    ticks: { precision: 0 } };
}

function drawCosts(scenario) {
  const sets = data.policies.map((name, i) => lineSet(name, i,
    overTime(scenario.entries[i].costs)));
  const y = logarithmic(sets.flatMap((set) => set.data.map((p) => p.y)), " ms");
  draw("costs", "line", sets, { x: timeAxis(scenario), y }, {
    plugins: [nameLines, markEvents],
    events: scenario.events,
    x: "seconds since the start",
    y: "mean cost",
    tooltip: {
      title: (items) => `second ${Math.ceil(items[0].parsed.x)}`,
      label: ({ dataset, parsed }) => `${dataset.label}: ${parsed.y} ms`,
    },
  });
}

function drawShares(scenario, policy) {
  const sets = scenario.groups.map((name, i) => lineSet(name, i,
    overTime(scenario.entries[policy].shares[i])));
  const y = { min: 0, ticks: { callback: (value) => `${value} %` } };
  draw("shares", "line", sets, { x: timeAxis(scenario), y }, {
    plugins: [nameLines, markEvents],
    events: scenario.events,
    x: "seconds since the start",
    y: "share of a server",
    tooltip: {
      title: (items) => `second ${Math.ceil(items[0].parsed.x)}`,
      label: ({ dataset, parsed }) => `${dataset.label}: ${parsed.y} %`,
    },
  });
}

function fillSelect(id, names, chosen) {
  const select = document.getElementById(id);
  names.forEach((name, i) => select.add(new Option(name, i, i === chosen,
    i === chosen)));
  select.addEventListener("change", drawChosen);
}

function drawChosen() {
  const chosen = (id) => Number(document.getElementById(id).value);
  const scenario = data.scenarios[chosen("scenario")];
  document.getElementById("description").textContent = scenario.description;
  document.getElementById("events").replaceChildren(
    ...scenario.events.map(({ at, text }) => {
      const item = document.createElement("li");
      item.textContent = `${at} s: ${text}`;
      return item;
    }));
  drawDistribution(scenario);
  if (scenario.entries[0].costs !== undefined) {
    drawCosts(scenario);
    drawShares(scenario, chosen("policy"));
  }
  document.documentElement.dataset.charts = charts.size;
}

function drawAll() {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = css("--ink");
  drawOverview();
  drawChosen();
}

// Where the policies differ most there is most to see.
function mostTelling() {
  const spreads = data.scenarios.map(({ entries }) => {
    const ratios = entries.map(({ ratio }) => ratio);
    return Math.max(...ratios) / Math.min(...ratios);
  });
  return spreads.indexOf(Math.max(...spreads));
}

fillSelect("scenario", data.scenarios.map(({ title }) => title),
  mostTelling());
fillSelect("policy", data.policies, data.base);
drawAll();
window.matchMedia("(prefers-color-scheme: dark)")
  .addEventListener("change", drawAll);
