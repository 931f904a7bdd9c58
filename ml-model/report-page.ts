import type { Evaluation } from "./evaluate.js";
import type { PriceModel } from "./model-file.js";
import type { ModelPerformance, Performance } from "./performance.js";

/** A bar chart row: value and, where there is one, the value promised. */
interface Bar {
  readonly label: string;
  readonly value: number;
  readonly note: string;
  readonly promised?: number;
  /** Half-length of the error bar. */
  readonly error?: number;
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const percent = (v: number): string => `${(100 * v).toFixed(1)} %`;

/** Two standard errors of a share. */
const spread = (share: number, rows: number): number => 2 * Math.sqrt((share * (1 - share)) / Math.max(1, rows));

/** Horizontal bars as SVG: no script, no library, readable offline. */
function bars(rows: readonly Bar[], most: number): string {
  const [left, wide, high] = [210, 380, 24];
  const at = (v: number): number => left + (wide * Math.min(Math.max(v, 0), most)) / most;
  const body = rows.map((r, i) => {
    const y = i * high + 4;
    const error = r.error === undefined ? "" : `<path class="error" d="M${at(r.value - r.error).toFixed(1)} ${y + 8}H${at(r.value + r.error).toFixed(1)}"/>`;
    const promised = r.promised === undefined ? "" : `<path class="promised" d="M${at(r.promised).toFixed(1)} ${y - 2}v20"/>`;
    return `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escape(r.label)}</text><rect x="${left}" y="${y}" width="${(at(r.value) - left).toFixed(1)}" height="16"/>${error}${promised}<text x="${left + wide + 12}" y="${y + 13}">${escape(r.note)}</text>`;
  });
  return `<svg viewBox="0 0 780 ${rows.length * high + 8}" role="img">${body.join("")}</svg>`;
}

const performanceRows = (groups: Readonly<Record<string, Performance>>): Bar[] =>
  Object.entries(groups).filter(([, p]) => p.coverage !== null).map(([label, p]) =>
    ({ label, value: p.coverage!, promised: 0.8, error: spread(p.coverage!, p.sales), note: `${percent(p.coverage!)} of ${p.sales}` }));

/**
 * The report that `galen model evaluate` writes: one HTML page without scripts or outside references.
 * @param performance - the public record of realised prices, where there are settled sales.
 */
export function reportPage(model: PriceModel, evaluation: Evaluation, performance?: ModelPerformance): string {
  const { training, calibration } = model;
  const facts: [string, string][] = [
    ["model hash", model.modelHash], ["calibration id", model.calibrationId],
    ["learned from", `${training.rows} rows (${training.source}${training.asOfBlock === null ? "" : `, as of block ${training.asOfBlock}`})`],
    ["data digest", training.dataDigest], ["calibrated on", `${calibration.rows} rows`], ["judged on", `${evaluation.rows} rows that it has not seen`],
    ["pinball loss", evaluation.pinball.toFixed(4)], ["inside the 80 % interval", percent(evaluation.coverage)],
  ];
  const sections: [string, string, string][] = [
    ["Reliability", "Share of prices below each predicted quantile; the mark is what is promised.", bars(evaluation.reliability.map((r) =>
      ({ label: `p${r.tau * 100}`, value: r.below, promised: r.tau, error: spread(r.below, evaluation.rows), note: percent(r.below) })), 1)],
    ["Coverage by modality", "Share of prices inside the interval, with two standard errors.", bars(evaluation.byModality.map((g) =>
      ({ label: g.name, value: g.share, promised: 0.8, error: spread(g.share, g.rows), note: `${percent(g.share)} of ${g.rows}` })), 1)],
    ["Error by size", "Median factor between price and p50, by number of patients.", bars(evaluation.bySize.map((g) =>
      ({ label: `${g.name} patients`, value: g.error, note: `× ${Math.exp(g.error).toFixed(2)}; interval × ${Math.exp(g.width).toFixed(2)}; ${g.rows} rows` })), Math.max(...evaluation.bySize.map((g) => g.error)))],
    ["Importance", "Mean absolute effect on ln price (integrated gradients).", bars(evaluation.importance.map((f) =>
      ({ label: f.feature, value: f.effect, note: f.effect.toFixed(3) })), evaluation.importance[0]?.effect ?? 1)],
  ];
  if (performance && performance.sales > 0) {
    const { drift } = performance;
    sections.push(["Settled sales", `Recomputable from chain events alone. ${drift.hasDrifted ? "The market has drifted from the model." : "No drift that chance would not explain."}`,
      bars([...performanceRows({ all: performance }), ...performanceRows(performance.byKind), ...performanceRows(performance.byMonth)], 1)]);
  }
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Price model ${escape(model.version)}</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:820px;margin:2rem auto;padding:0 1rem;color:#1c2733}
table{border-collapse:collapse}td{padding:.1rem 1rem .1rem 0;vertical-align:top;overflow-wrap:anywhere}
svg{width:100%;font-size:12px}rect{fill:#5b8db8}.error{stroke:#1c2733;stroke-width:1.5}.promised{stroke:#c0392b;stroke-width:2}
</style></head><body>
<h1>Price model ${escape(model.version)}</h1>
<table>${facts.map(([k, v]) => `<tr><td>${k}</td><td>${escape(v)}</td></tr>`).join("")}</table>
${sections.map(([title, text, plot]) => `<h2>${title}</h2><p>${escape(text)}</p>${plot}`).join("\n")}
<p>Not financial advice: see docs/price-model.md.</p>
</body></html>
`;
}
