"use strict";
// Draws the pictures, and sorts and filters the customers; without it the page has every figure all the same.
(() => {
  const told = JSON.parse(document.getElementById("data").textContent);
  const INK = "#1b1f24", SOFT = "#525b66", LINE = "#d0d7de", OLD = "#6b7680", PALE = "#c9d1d9", NEW = "#0b4f8a";
  const unit = 10 ** told.decimals;
  const exact = new Intl.NumberFormat("en", { minimumFractionDigits: told.decimals, maximumFractionDigits: told.decimals });
  const whole = new Intl.NumberFormat("en");
  const short = new Intl.NumberFormat(told.language, { notation: "compact", maximumFractionDigits: 1 });

  document.documentElement.classList.remove("without-script");

  const limit = (steps) => ({
    symbol: "none",
    silent: true,
    lineStyle: { color: INK, width: 1, type: "dotted" },
    label: { show: false },
    data: [{ yAxis: steps }],
  });

  const series = (chart, name, values, isNew) => ({
    name,
    data: chart.money ? values.map((amount) => amount / unit) : values,
    type: chart.drawn === "bars" ? "bar" : "line",
    // Told apart without colour: a dashed line and a pale bar with a border are the baseline's.
    lineStyle: { width: 2, color: isNew ? NEW : OLD, type: isNew ? "solid" : [5, 4] },
    itemStyle: { color: isNew ? NEW : chart.drawn === "bars" ? PALE : OLD, borderColor: isNew ? NEW : OLD, borderWidth: 1 },
    symbol: isNew ? "circle" : "emptyCircle",
    symbolSize: 5,
    showSymbol: values.length < 40,
    barMaxWidth: 40,
    emphasis: { disabled: true },
    ...(isNew && chart.limit !== null ? { markLine: limit(chart.limit) } : {}),
  });

  const figures = (chart) => [...(chart.baseline || []), ...chart.candidate];
  // Of nothing but zeros an axis would reach to 1.2, as if there were amounts so small.
  const isNothing = (chart) => chart.limit === null && figures(chart).every((value) => value === 0);

  const option = (chart) => ({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
    // Half of the last date reaches beyond the last day.
    grid: { left: 64, right: chart.drawn === "lines" ? 40 : 16, top: 12, bottom: 28 },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      valueFormatter: (value) => (value === undefined ? "" : chart.money ? `${exact.format(value)} ${told.currency}` : whole.format(value)),
    },
    xAxis: {
      type: "category",
      data: chart.names,
      axisLabel: { color: SOFT, hideOverlap: true },
      axisLine: { lineStyle: { color: SOFT } },
      axisTick: { show: false },
    },
    yAxis: {
      type: "value",
      ...(isNothing(chart) ? { min: 0, max: 1, interval: 1 } : { splitNumber: 4, minInterval: chart.money ? 0 : 1 }),
      // A capacity that is never reached is still seen.
      ...(chart.limit !== null && chart.limit >= Math.max(...figures(chart)) ? { max: Math.ceil(chart.limit * 1.2) + 1 } : {}),
      axisLabel: { color: SOFT, formatter: (value) => (isNothing(chart) && value !== 0 ? "" : short.format(value)) },
      splitLine: { lineStyle: { color: LINE } },
    },
    series: [
      ...(chart.baseline ? [series(chart, told.baseline, chart.baseline, false)] : []),
      series(chart, told.candidate, chart.candidate, true),
    ],
  });

  const drawn = told.charts.map((chart) => {
    const picture = echarts.init(document.getElementById(chart.id), null, { renderer: "svg" });
    picture.setOption(option(chart));
    return picture;
  });
  // On paper a picture takes another width than on the screen: it can only be scaled if it says how large it is.
  const measure = () => {
    for (const svg of document.querySelectorAll(".picture svg")) {
      svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
    }
  };
  measure();
  window.addEventListener("resize", () => {
    drawn.forEach((picture) => picture.resize());
    measure();
  });

  // On paper nothing can be opened: the tables behind pictures are printed with them, but for long ones.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open]):not(.unprinted)")];
    closed.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));

  const table = document.getElementById("customer-rows");
  if (!table) return;
  const AT_ONCE = 50;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const headings = [...table.querySelectorAll("th[data-sort]")];
  const filters = ["customer", "row", "reason", "month"].map((name) => document.getElementById(`filter-${name}`));
  const [wanted, row, reason, month] = filters;
  const state = document.getElementById("state");
  const more = document.getElementById("more");
  const sorted = { by: "moved", descending: true };
  let shown = AT_ONCE;

  const isNumber = (name) => !["customer", "date"].includes(name);
  const dataset = (one, name) => one.dataset[name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())];
  const compare = (one, other) => {
    const [a, b] = [dataset(one, sorted.by), dataset(other, sorted.by)];
    const order = isNumber(sorted.by) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
    return sorted.descending ? -order : order;
  };
  const fits = (one) =>
    one.dataset.customer.toLowerCase().includes(wanted.value.trim().toLowerCase()) &&
    (!row.value || one.dataset.row === row.value) &&
    (!reason.value || one.dataset.reason === reason.value) &&
    (!month.value || one.dataset.date.startsWith(month.value));

  const show = () => {
    const found = rows.filter(fits).sort(compare);
    body.replaceChildren(...found.slice(0, shown));
    more.hidden = found.length <= shown;
    state.textContent = told.shown.replace("{shown}", whole.format(Math.min(shown, found.length))).replace("{found}", whole.format(found.length));
    for (const heading of headings) {
      if (heading.dataset.sort === sorted.by) heading.setAttribute("aria-sort", sorted.descending ? "descending" : "ascending");
      else heading.removeAttribute("aria-sort");
    }
  };
  const sortBy = (name, descending) => {
    sorted.by = name;
    sorted.descending = descending;
    show();
  };

  for (const heading of headings) {
    heading.querySelector("button").addEventListener("click", () => {
      const name = heading.dataset.sort;
      sortBy(name, sorted.by === name ? !sorted.descending : isNumber(name) && name !== "nearness");
    });
  }
  for (const filter of filters) {
    filter.addEventListener("input", () => { shown = AT_ONCE; show(); });
  }
  const reset = () => {
    filters.forEach((filter) => { filter.value = ""; });
    shown = AT_ONCE;
  };
  document.getElementById("reset").addEventListener("click", () => { reset(); sortBy("moved", true); });
  more.addEventListener("click", () => { shown += AT_ONCE; show(); });

  // A number that has customers behind it leads to them, sorted and filtered by what it says.
  for (const link of document.querySelectorAll("a[href='#customers'][data-by]")) {
    link.addEventListener("click", () => {
      reset();
      if (link.dataset.reason) reason.value = link.dataset.reason;
      if (link.dataset.month) month.value = link.dataset.month;
      sortBy(link.dataset.by, link.dataset.least !== "true");
    });
  }
  show();
})();
