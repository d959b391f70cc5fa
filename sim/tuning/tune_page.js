// Drawn in this order, so that what is rare is on top. Each has a marker of its
// own, so that colour is not needed.
const groups = ["sobol", "polish", "breaks a constraint", "start", "tuned"];
const groupMarkers = ["circle", "triangle", "crossRot", "rect", "star"];

const ringPareto = {
  id: "ringPareto",
  afterDatasetsDraw(chart) {
    const pen = chart.ctx;
    pen.save();
    pen.strokeStyle = css("--ink");
    chart.data.datasets.forEach((set, i) => {
      chart.getDatasetMeta(i).data.forEach(({ x, y }, k) => {
        if (!set.data[k].point.pareto) return;
        pen.beginPath();
        pen.arc(x, y, 10, 0, 2 * Math.PI);
        pen.stroke();
      });
    });
    pen.restore();
  },
};

// A set of points for each group that has any.
function groupSets(points, place) {
  return groups.map((name, i) => ({
    ...lineStyle(i),
    label: name,
    pointStyle: groupMarkers[i],
    pointRadius: i > 2 ? 8 : 4,
    data: points.filter(({ group }) => group === name)
      .map((point) => ({ ...place(point), point })),
  })).filter((set) => set.data.length > 0).reverse();
}

function pointLabel({ dataset, raw: { point } }) {
  return [`${dataset.label}, ${point.seeds} seeds: objective ` +
    `${point.above_start} above the start's, cost ${point.cost}, p99 ${point.p99}, errors ` +
    `${point.errors} %`, ...point.text.split(" ")];
}

function drawLandscape() {
  const index = Number(document.getElementById("option").value);
  const option = data.options[index];
  const sets = groupSets(data.points, ({ values, above_start }) => (
    { x: values[index], y: above_start }));
  const x = option.logarithmic
    ? logarithmic(data.points.map(({ values }) => values[index]), option.unit)
    : { ticks: { callback: (value) => `${value}${option.unit}` } };
  draw("landscape", "scatter", sets, { x, y: {} }, {
    plugins: [],
    x: option.name,
    y: "objective above the start's",
    tooltip: { label: pointLabel },
  });
}

function drawPareto() {
  const judged = data.points.filter(({ seeds }) => seeds === data.seeds);
  const sets = groupSets(judged, ({ cost, p99 }) => ({ x: cost, y: p99 }));
  draw("pareto", "scatter", sets, { x: {}, y: {} }, {
    plugins: [ringPareto],
    x: "cost to the yardstick's",
    y: "99th percentile to the yardstick's",
    tooltip: { label: pointLabel },
  });
}

function drawAll() {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = css("--ink");
  drawLandscape();
  drawPareto();
  document.documentElement.dataset.charts = charts.size;
}

const select = document.getElementById("option");
data.options.forEach(({ name }, i) => select.add(new Option(name, i)));
select.addEventListener("change", drawLandscape);
drawAll();
window.matchMedia("(prefers-color-scheme: dark)")
  .addEventListener("change", drawAll);
