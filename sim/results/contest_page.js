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
