// Let a reader choose what the map shows, and search and filter the table of reports.
"use strict";

function chooseMap(map) {
  const data = JSON.parse(map.querySelector("#map-data").textContent);
  const indicator = map.querySelector("#map-indicator");
  const year = map.querySelector("#map-year");
  const tiles = [...map.querySelectorAll(".tiles > li")];
  const legend = map.querySelector(".legend");
  const title = map.querySelector("#map-title");

  const offerYears = (known) => {
    const kept = year.value;
    const years = Object.keys(known).reverse();
    year.replaceChildren(...years.map((name) => new Option(name, name)));
    year.value = years.includes(kept) ? kept : years[0];
  };

  const fill = (tile, text) => {
    const shown = tile.firstElementChild.lastElementChild;
    tile.className = tile.className.replace(/\bc\d/, `c${text[0]}`);
    if (text === "0") {
      const unknown = document.createElement("span");
      unknown.className = "sr";
      unknown.textContent = ` ${data.unknown}`;
      shown.replaceChildren("–", unknown);
    } else {
      shown.textContent = text.slice(1);
    }
  };

  const show = () => {
    const chosen = data.indicators[indicator.value];
    offerYears(chosen.years);
    chosen.years[year.value].forEach((text, place) => fill(tiles[place], text));
    for (const list of [legend, map.querySelector(".tiles")]) {
      list.classList.toggle("diverging", chosen.diverging);
    }
    chosen.legend.forEach((words, place) => {
      legend.children[place].lastChild.textContent = words;
    });
    title.textContent = [chosen.title[0], year.value, chosen.title[1]].join(", ");
    map.querySelector("#map-note").textContent = chosen.note;
  };

  indicator.addEventListener("change", show);
  year.addEventListener("change", show);
  offerYears(data.indicators[indicator.value].years);
}

function filterReports(reports) {
  const search = reports.querySelector("#search");
  const year = reports.querySelector("#filter-year");
  const state = reports.querySelector("#filter-state");
  const status = reports.querySelector("#shown-rows");
  const heads = [...reports.querySelectorAll("thead th")];
  const rows = [...reports.querySelectorAll("tbody tr")];
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  // A year beside a province's name is no reason to find nothing.
  const years = heads.slice(1).map((head) => head.textContent).join(" ");
  const known = rows.map((row) => plain(`${row.cells[0].textContent} ${row.dataset.words} ${years}`));

  const show = () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let count = 0;
    const column = heads.findIndex((head) => head.textContent === year.value);
    heads.forEach((head, place) => { head.hidden = place > 0 && column > 0 && place !== column; });
    rows.forEach((row, number) => {
      const cells = [...row.cells].slice(1);
      cells.forEach((cell, place) => { cell.hidden = column > 0 && place + 1 !== column; });
      const fits = cells.some((cell) => !cell.hidden && (!state.value || cell.className === state.value));
      row.hidden = !fits || !wanted.every((word) => known[number].includes(word));
      count += row.hidden ? 0 : 1;
    });
    status.textContent = status.dataset.text.replace("{count}", count).replace("{total}", rows.length);
  };

  for (const field of [search, year, state]) field.addEventListener("input", show);
}

for (const [name, start] of [["tile-map", chooseMap], ["report-table", filterReports]]) {
  const part = document.getElementById(name);
  if (!part) continue;
  const form = part.querySelector("form");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  start(part);
}
