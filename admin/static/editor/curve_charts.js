// The pictures of curves: one for each figure, one beneath the other, all over the same values of the dial.
import { shortOver } from "../axis.js";

const INK = "#1d2733", SOFT = "#56616d", LINE = "#d9dfe6", CURVE = "#0b5cad", FLAT = "#e6ebf0", HAND = "#b3541e";
const HEIGHT = 120;
const pictures = new Map();
let loading = null;

/** Load what draws; once. */
export function loaded(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(address));
    document.head.append(script);
  });
  return loading;
}

/** Draw every figure of an answer, the value under the hand marked; `words` are those of the page. */
export function drawn(place, answer, value, words) {
  answer.figures.forEach((figure, number) => {
    const key = figure.name;
    if (!pictures.has(key)) {
      const box = document.createElement("div");
      const name = document.createElement("div");
      name.textContent = figure.label;
      const canvas = document.createElement("div");
      canvas.className = "curve-chart";
      box.append(name, canvas);
      place.append(box);
      pictures.set(key, window.echarts.init(canvas, null, { renderer: "canvas", height: HEIGHT }));
    }
    pictures.get(key).setOption(option(answer, number, value, words), { notMerge: true });
  });
}

/** Let the pictures take the room that there is now. */
export function resized() {
  for (const picture of pictures.values()) picture.resize();
}

function option({ points, range, flat }, number, value, words) {
  const { lang } = document.documentElement;
  const line = (x, text, color, type) => ({ xAxis: x, label: { formatter: text, color }, lineStyle: { color, type } });
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
    grid: { left: 58, right: 14, top: 18, bottom: 22 },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      formatter: ([one]) => `${points[one.dataIndex].text}: ${points[one.dataIndex].figures[number].text}`,
    },
    xAxis: {
      type: "value",
      min: range.least,
      max: range.most,
      splitLine: { show: false },
      axisLabel: { color: SOFT, hideOverlap: true, formatter: shortOver([range.least, range.most], lang) },
    },
    yAxis: {
      type: "value",
      scale: true,
      splitNumber: 2,
      axisLabel: { color: SOFT, formatter: shortOver(points.map((point) => point.figures[number].x), lang) },
      splitLine: { lineStyle: { color: LINE } },
    },
    series: [
      {
        type: "line",
        data: points.map((point) => [point.value, point.figures[number].x]),
        symbol: "circle",
        symbolSize: 4,
        lineStyle: { color: CURVE, width: 2 },
        itemStyle: { color: CURVE },
        // Told apart without colour: the value now is dotted, that under the hand is whole.
        markLine: {
          symbol: "none",
          silent: true,
          data: [line(range.own, words.own, SOFT, "dotted"), line(value, "", HAND, "solid")],
        },
        markArea: {
          silent: true,
          itemStyle: { color: FLAT },
          data: flat.map((one) => [{ xAxis: one.from }, { xAxis: one.to }]),
        },
      },
    ],
  };
}
