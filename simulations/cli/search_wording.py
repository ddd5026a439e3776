"""The words of sweeps, searches and stress in English and Chinese, beside those of a simulation's summary."""

from collections.abc import Mapping
from typing import Final

from simulations.cli.wording import word

_ENGLISH: Final[Mapping[str, str]] = {
    "sweeping": "Turning the dial",
    "seeking": "Searching",
    "now": "now",
    "least": "least (at)",
    "most": "most (at)",
    "curve": "curve",
    "steps_of_dial": "{low} to {high}, steps of {step}; now {now}",
    "every_step": "Every one of {steps} steps was run.",
    "some_steps": "{runs} of {steps} steps were run; figures are known at these alone.",
    "every_combination": "Every one of {steps} combinations was run.",
    "some_combinations": "{runs} of {steps} combinations were run, evenly chosen.",
    "nothing_changes": "No figure changes, wherever {name} stands.",
    "flat": "Where nothing changes:",
    "flat_none": "No two neighbouring steps of {name} have the same figures.",
    "flat_all": "{name} from {first} to {last}: every figure is the same ({steps} steps)",
    "flat_some": "{name} from {first} to {last}: every figure is the same in {run} runs ({steps} steps)",
    "flat_more": "... and {count} shorter ones: see --json",
    "has_now": "today's value lies in it",
    "gaps": "Between {count} pairs of neighbouring runs figures change at a step that was not run (a larger --runs "
    "finds it); the widest:",
    "gap": "{name} between {first} and {last} ({steps} steps not run)",
    "goal": "Goal",
    "keep": "Keep",
    "search": "searched",
    "judge": "judged",
    "parameter": "parameter",
    "range": "range",
    "found": "found",
    "nearest": "nearest",
    "condition": "condition",
    "period": "period",
    "bound": "bound",
    "met": "met",
    "missed": "missed",
    "unchanged": "(unchanged)",
    "unchanged_figures": "Do not change:",
    "verdict_met": "Found: these values meet every condition in the period searched, and in the later one that judges.",
    "verdict_already_met": "Nothing to change: the policy as it stands meets every condition in both periods.",
    "verdict_met_in_search_only": "Do not rely on it: the values found meet every condition in the period searched, "
    "but not in the later one that judges them.",
    "own_in_search_only": "The policy as it stands meets every condition in the period searched, but not in the later "
    "one. Search a period in which it does not.",
    "judged_by_nothing": "But the policy as it stands meets every condition in the later period, too: that period does "
    "not tell the two apart.",
    "verdict_not_met": "Nothing found meets every condition. The nearest that was run is shown.",
    "exhaustive": "Every one of {combinations} combinations of steps was run, and {meeting} met every condition: there "
    "is no better answer.",
    "coordinate": "{runs} of {combinations} combinations of steps were run, one parameter turned after the other from "
    "several starts, and {meeting} met every condition. Something better may have been missed.",
    "not_needed": "Nothing else was run: no turn is smaller than none.",
    "why_null": "{figure} cannot be computed: {why}",
    "to_adopt": "To adopt it, set in policy.yaml:",
    "stress": "Stress",
    "sampled": "sampled orders of {runs} runs decided alike by the live engines",
    "runs_done": "runs",
    "at": "at",
}

_CHINESE: Final[Mapping[str, str]] = {
    "sweeping": "正在逐档试算",
    "seeking": "正在搜索",
    "now": "当前",
    "least": "最低（取值）",
    "most": "最高（取值）",
    "curve": "曲线",
    "steps_of_dial": "{low} 至 {high}，步长 {step}；当前 {now}",
    "every_step": "全部 {steps} 档均已试算。",
    "some_steps": "{steps} 档中试算了 {runs} 档；仅这些档的指标是已知的。",
    "every_combination": "全部 {steps} 种组合均已试算。",
    "some_combinations": "{steps} 种组合中均匀试算了 {runs} 种。",
    "nothing_changes": "{name} 取任何值，各项指标均不变。",
    "flat": "指标不变的区间：",
    "flat_none": "{name} 没有相邻两档的指标完全相同。",
    "flat_all": "{name} 从 {first} 至 {last}：各项指标相同（{steps} 档）",
    "flat_some": "{name} 从 {first} 至 {last}：试算的 {run} 档各项指标相同（共 {steps} 档）",
    "flat_more": "……另有 {count} 个较短区间，见 --json",
    "has_now": "当前值在其中",
    "gaps": "有 {count} 对相邻试算之间的指标变化发生在未试算的档（可加大 --runs）；其中最宽的：",
    "gap": "{name} 在 {first} 与 {last} 之间（{steps} 档未试算）",
    "goal": "目标",
    "keep": "保持",
    "search": "搜索期",
    "judge": "检验期",
    "parameter": "参数",
    "range": "范围",
    "found": "结果",
    "nearest": "最接近",
    "condition": "条件",
    "period": "期间",
    "bound": "界限",
    "met": "满足",
    "missed": "不满足",
    "unchanged": "（不变）",
    "unchanged_figures": "不变的指标：",
    "verdict_met": "已找到：这些取值在搜索期和其后的检验期都满足全部条件。",
    "verdict_already_met": "无须调整：现行政策在两个期间都满足全部条件。",
    "verdict_met_in_search_only": "不可依赖：所得取值在搜索期满足全部条件，在其后的检验期并不满足。",
    "own_in_search_only": "现行政策在搜索期满足全部条件，在其后的检验期并不满足。请搜索不满足条件的期间。",
    "judged_by_nothing": "但现行政策在检验期也满足全部条件：该期间不足以区分两者。",
    "verdict_not_met": "没有找到满足全部条件的取值。下面是试算过的最接近者。",
    "exhaustive": "全部 {combinations} 种组合均已试算，{meeting} 种满足全部条件：没有更好的答案。",
    "coordinate": "{combinations} 种组合中试算了 {runs} 种（从多个起点逐个参数调整），"
    "{meeting} 种满足全部条件。可能错过更好的答案。",
    "not_needed": "未再试算：不调整就是最小的调整。",
    "why_null": "{figure} 无法计算：{why}",
    "to_adopt": "如要采用，请在 policy.yaml 中设置：",
    "stress": "压力情景",
    "sampled": "笔抽样订单（{runs} 次试算）经在线引擎复核一致",
    "runs_done": "次试算",
    "at": "取值",
}


def said(text: str, language: str, /, **values: object) -> str:
    """Return the words of that name in `language` ("en" or "zh"), with these values in their places."""
    words = _CHINESE if language == "zh" else _ENGLISH
    if "." in text:
        # A figure of several, such as reasons.PAST_DUE.orders: part of it is the policy's own word.
        return text
    return words[text].format(**values) if text in words else word(text, language)


def is_said(text: str) -> bool:
    """Return whether words of that name are there in both languages."""
    return text in _CHINESE and text in _ENGLISH
