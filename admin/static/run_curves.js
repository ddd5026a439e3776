// Draws curves out of the data on the page: several runs over months, or figures over the range of a parameter.
/* global echarts */
import { shortOver } from "./axis.js";

const COLOURS = ["#525b66", "#0b4f8a", "#b3541e", "#2c7a4b", "#6b3fa0"];
const DASHES = [[5, 4], "solid", [2, 3], [9, 3], [6, 2, 2, 2]];
const told = JSON.parse(document.getElementById("run-curves").textContent);
const scale = 10 ** told.decimals;
const exact = new Intl.NumberFormat(told.language, { maximumFractionDigits: 4 });

/** Return a figure in the unit in which it is drawn: amounts in major units, shares in per cent. */
const drawn = (unit, value) => {
  if (value === null) return null;
  if (unit === "money") return value / scale;
  return unit === "share" ? value * 100 : value;
};

/** Say a figure with its unit. */
const said = (unit, value) => {
  if (value === null || value === undefined) return "–";
  if (unit === "money") return `${exact.format(value)} ${told.currency}`;
  return unit === "share" || unit === "percent" ? `${exact.format(value)} %` : exact.format(value);
};

const series = (chart, one, place) => ({
  name: one.name,
  type: "line",
  data: chart.at ? one.values.map((value, index) => [chart.at[index], drawn(chart.unit, value)]) : one.values.map((value) => drawn(chart.unit, value)),
  symbol: ["circle", "emptyCircle", "triangle", "rect", "diamond"][place % 5],
  symbolSize: 5,
  showSymbol: one.values.length < 60,
  connectNulls: false,
  // Told apart without colour as well.
  lineStyle: { width: 2, color: COLOURS[place % 5], type: chart.series.length > 1 ? DASHES[place % 5] : "solid" },
  itemStyle: { color: COLOURS[chart.series.length > 1 ? place % 5 : 1] },
  emphasis: { disabled: true },
  markArea: place === 0 && chart.flat?.length ? { silent: true, itemStyle: { color: "rgba(11, 79, 138, 0.10)" }, data: chart.flat.map(([first, last]) => [{ xAxis: first }, { xAxis: last }]) } : undefined,
  markLine: place === 0 && chart.own !== undefined && chart.own !== null ? { silent: true, symbol: "none", label: { formatter: told.now }, lineStyle: { color: "#1b1f24", type: "dotted" }, data: [{ xAxis: chart.own }] } : undefined,
});

/** Return what writes the numbers beside the axis of figures, which begins at 0 but for curves over a parameter. */
const short = (chart) => {
  const figures = chart.series.flatMap((one) => one.values.map((value) => drawn(chart.unit, value)));
  return shortOver(chart.at ? figures : [0, ...figures], told.language);
};

const option = (chart) => ({
  animation: false,
  grid: { left: 70, right: 24, top: chart.series.length > 1 ? 24 + 22 * chart.series.length : 24, bottom: 30 },
  legend: chart.series.length > 1 ? { top: 0, left: 0, orient: "vertical", itemGap: 4 } : undefined,
  tooltip: { trigger: "axis", renderMode: "richText", confine: true, valueFormatter: (value) => said(chart.unit, value) },
  xAxis: chart.at
    ? { type: "value", min: "dataMin", max: "dataMax", axisLabel: { hideOverlap: true, formatter: (value) => exact.format(value) }, splitLine: { show: false } }
    : { type: "category", data: chart.names, axisLabel: { hideOverlap: true } },
  yAxis: { type: "value", scale: Boolean(chart.at), splitNumber: 4, axisLabel: { formatter: short(chart) } },
  series: chart.series.map((one, place) => series(chart, one, place)),
});

const pictures = told.charts.map((chart) => {
  const picture = echarts.init(document.getElementById(chart.id), null, { renderer: "svg" });
  picture.setOption(option(chart));
  return picture;
});
window.addEventListener("resize", () => pictures.forEach((picture) => picture.resize()));
