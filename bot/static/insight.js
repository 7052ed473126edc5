/* Draws the charts. The figures stand in the page itself, in a table; without this script the table is there. */
"use strict";

(() => {
  const WIDE = 18; // characters of a label; longer ones stand beside lying bars
  const LONGEST = 42; // characters of a label; the table has all of it

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function options(data, lying) {
    const ink = colour("--ink");
    const scale = { ticks: { color: ink }, grid: { color: colour("--line") } };
    const values = { ...scale, beginAtZero: true, ticks: { color: ink, precision: 0, callback: (value) => value + (data.unit && " " + data.unit) } };
    const name = data.labels.map((label) => (label.length > LONGEST ? label.slice(0, LONGEST - 1) + "…" : label));
    const names = { ...scale, grid: { display: false }, ticks: { color: ink, autoSkip: !lying, callback: (_, at) => name[at] } };
    return {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: lying ? "y" : "x",
      scales: lying ? { x: values, y: names } : { x: names, y: values },
      plugins: { legend: { display: data.series.length > 1, labels: { color: ink } } },
    };
  }

  function draw(canvas) {
    const data = JSON.parse(canvas.dataset.chart);
    const lying = data.kind === "bar" && data.labels.some((label) => label.length > WIDE);
    const box = canvas.parentElement;
    box.hidden = false;
    if (lying) box.style.height = `${3 + 2.25 * data.labels.length}rem`;
    const series = data.series.map((one) => ({
      ...one,
      backgroundColor: colour("--brand"),
      borderColor: colour("--brand"),
      borderWidth: data.kind === "line" ? 2 : 0,
      pointRadius: 4,
      maxBarThickness: 40,
    }));
    return new Chart(canvas, {
      type: data.kind,
      data: { labels: data.labels, datasets: series },
      options: options(data, lying),
    });
  }

  function drawAll() {
    const canvases = [...document.querySelectorAll("canvas[data-chart]")];
    let drawn = canvases.map(draw);
    for (const canvas of canvases) {
      canvas.closest("section").querySelector("details").open = false; // the drawing says the same
    }
    const again = () => {
      drawn.forEach((chart) => chart.destroy());
      drawn = canvases.map(draw);
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }

  if (window.Chart) {
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = 14;
    drawAll();
  }
})();
