
"use strict";
(() => {
  const save = (name, kind, content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: kind }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  // The picture with its title and footer, as the program writes it to a file.
  const svg = (chart) => {
    const copy = chart.querySelector(".plot > svg").cloneNode(true);
    const whole = copy.dataset.whole;
    const [, , width, height] = whole.split(" ");
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("viewBox", whole);
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    delete copy.dataset.whole;
    return new XMLSerializer().serializeToString(copy);
  };
  const png = (chart, name) => {
    const text = svg(chart);
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 2 * image.width;
      canvas.height = 2 * image.height;
      const pen = canvas.getContext("2d");
      pen.scale(2, 2);
      pen.drawImage(image, 0, 0);
      canvas.toBlob((blob) => save(name, "image/png", blob));
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  };
  for (const chart of document.querySelectorAll("figure.chart")) {
    const buttons = chart.querySelector(".buttons");
    buttons.hidden = false;
    buttons.addEventListener("click", (event) => {
      const what = event.target.dataset.save;
      if (what === "csv") save(chart.id + ".csv", "text/csv", JSON.parse(chart.querySelector("script.csv").textContent));
      if (what === "svg") save(chart.id + ".svg", "image/svg+xml", svg(chart));
      if (what === "png") png(chart, chart.id + ".png");
    });
  }
  // One date of a chart at a time, chosen by its date.
  document.querySelectorAll(".dates").forEach((group, number) => {
    const dates = [...group.querySelectorAll(":scope > [data-date]")];
    const picker = document.createElement("fieldset");
    picker.className = "picker";
    const legend = document.createElement("legend");
    legend.textContent = "Date";
    picker.append(legend);
    const show = (chosen) => dates.forEach((date) => { date.hidden = date !== chosen; });
    dates.forEach((date, index) => {
      const label = document.createElement("label");
      const radio = document.createElement("input");
      radio.type = "radio";
      radio.name = "date-" + number;
      radio.checked = index === dates.length - 1;
      radio.addEventListener("change", () => show(date));
      const text = document.createElement("span");
      text.textContent = date.dataset.date;
      label.append(radio, text);
      picker.append(label);
    });
    group.prepend(picker);
    show(dates[dates.length - 1]);
  });
})();
