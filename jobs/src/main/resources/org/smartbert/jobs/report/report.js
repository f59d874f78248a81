// Draws each canvas from the JSON beside it, in the colours of the reader's scheme.
(() => {
  const hues = [215, 25, 150, 280, 345, 190, 55];
  const charts = [];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const draw = () => {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue('--ink').trim();
    const line = style.getPropertyValue('--line').trim();
    charts.splice(0).forEach(chart => chart.destroy());
    for (const canvas of document.querySelectorAll('canvas[data-chart]')) {
      const spec = JSON.parse(document.getElementById(canvas.dataset.chart + '-data').textContent);
      const datasets = spec.series.flatMap((series, i) => {
        const colour = `hsl(${hues[i % hues.length]} 70% ${dark.matches ? 65 : 45}%)`;
        const drawn = {label: series.name, data: series.points, borderColor: colour,
          backgroundColor: colour, pointRadius: 3, showLine: true, tension: 0};
        if (!series.points.some(point => point.low !== undefined)) {
          return [drawn];
        }
        const edge = {borderColor: 'transparent', pointRadius: 0, showLine: true};
        const band = `hsl(${hues[i % hues.length]} 70% 50% / .18)`;
        return [drawn,
          {...edge, label: series.name + ' low', data: series.points.map(p => ({x: p.x, y: p.low}))},
          {...edge, label: series.name + ' high', backgroundColor: band, fill: '-1',
            data: series.points.map(p => ({x: p.x, y: p.high}))}];
      });
      const axis = (title, type) => ({type, title: {display: true, text: title, color: ink},
        ticks: {color: ink}, grid: {color: line}, beginAtZero: spec.kind === 'bar'});
      charts.push(new Chart(canvas, {
        type: spec.kind,
        data: {labels: spec.labels, datasets},
        options: {animation: false, responsive: true, maintainAspectRatio: false,
          scales: {x: axis(spec.x, spec.labels ? 'category' : 'linear'), y: axis(spec.y, 'linear')},
          plugins: {legend: {display: spec.series.length > 1, labels: {color: ink,
            filter: item => !/ (low|high)$/.test(item.text)}}}}}));
      canvas.dataset.drawn = 'yes';
    }
  };
  dark.addEventListener('change', draw);
  draw();
})();
