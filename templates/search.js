// Looks through the volumes of the search index, the newest first, and stops when it has found enough.
// A volume is a script that calls frtfeedVolume: it loads from a folder on disk too, where fetch() may not.
(function () {
  "use strict";
  var NOTHING = "Nothing found. Try fewer or shorter words.";
  var ENOUGH = 30; // results; then a button goes on
  var form = document.getElementById("search");
  var input = document.getElementById("q");
  var found = document.getElementById("found");
  var results = document.getElementById("results");
  var older = document.getElementById("older");
  var root = form.dataset.root;
  var names = form.dataset.volumes.split(" ").filter(Boolean);
  var volumes = {}; // name: lines, each {line, text}
  var waiting = {}; // name: functions to call when it is there
  var asked = 0; // number of the newest question; an older one falls silent

  // Letters and digits are what counts: no marks above Latin letters, no capitals, no apostrophes;
  // whatever else stands between words (quotes, hyphens, commas) is a blank.
  function fold(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f'’‘ʼ\u00ad]/g, "").toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ");
  }

  function year(date) {
    return (date.match(/\b\d{4}\b/) || [""])[0];
  }

  window.frtfeedVolume = function (name, lines) {
    volumes[name] = lines.map(function (line) {
      var also = line[6].map(function (each) { return each[0] + " " + each[1]; }).join(" ");
      return { line: line, title: fold(line[0]), text: fold([line[0], line[1], line[2], year(line[3]), also].join(" ")) };
    }).reverse();
    (waiting[name] || []).forEach(function (go) { go(); });
    delete waiting[name];
  };

  function load(name, go, fail) {
    if (volumes[name]) { go(); return; }
    if (waiting[name]) { waiting[name].push(go); return; }
    waiting[name] = [go];
    var script = document.createElement("script");
    script.src = root + "assets/search/" + name + ".js";
    script.onerror = function () { delete waiting[name]; script.remove(); fail(); };
    document.head.append(script);
  }

  function matches(entry, words) {
    return words.every(function (word) { return entry.text.includes(word); });
  }

  function inTitle(entry, words) {
    return words.every(function (word) { return entry.title.includes(word); });
  }

  function element(tag, className, text) {
    var made = document.createElement(tag);
    if (className) { made.className = className; }
    made.dir = "auto";
    made.textContent = text;
    return made;
  }

  function link(title, address) {
    if (!address) { return element("span", "", title); }
    var made = element("a", "", title);
    made.href = /^https?:\/\//.test(address) ? address : root + address;
    return made;
  }

  function shown(entry, words) {
    var line = entry.line;
    var item = document.createElement("li");
    var heading = element("h2", "headline", "");
    heading.append(link(line[0], line[4]));
    if (line[5]) { item.lang = line[5]; }
    var by = document.createElement("p");
    by.className = "by";
    if (line[2]) { by.append(element("bdi", "", line[2]), line[3] ? " · " : ""); }
    by.append(line[3]);
    item.append(heading, by);
    if (line[1]) { item.append(element("p", "excerpt", line[1])); }
    var rows = line[6].filter(function (each) {
      return words.some(function (word) { return fold(each[0] + " " + each[1]).includes(word); });
    });
    if (rows.length) {
      var list = document.createElement("ul");
      list.className = "coverage";
      rows.slice(0, 5).forEach(function (each) {
        var row = document.createElement("li");
        if (each[0]) { row.append(element("bdi", "outlet", each[0]), ": "); }
        row.append(link(each[1], each[2]));
        list.append(row);
      });
      item.append(list);
    }
    return item;
  }

  function years(from) {
    return names[from].slice(0, 4);
  }

  // Looks through one volume after the other, from a place on, until there are results enough.
  function look(words, question, at, count, limit) {
    if (question !== asked) { return; }
    if (at >= names.length) {
      found.textContent = count ? count + (count === 1 ? " result." : " results.") : NOTHING;
      older.hidden = true;
      return;
    }
    if (count >= limit) {
      found.textContent = "The newest " + count + " results, back to " + years(at - 1) + ".";
      older.hidden = false;
      older.onclick = function () {
        var last = results.lastElementChild; // the keyboard goes on from here, not from the top
        last.tabIndex = -1;
        last.focus();
        older.hidden = true;
        look(words, question, at, count, count + ENOUGH);
      };
      return;
    }
    load(names[at], function () {
      if (question !== asked) { return; }
      var hits = volumes[names[at]].filter(function (entry) { return matches(entry, words); });
      var first = hits.filter(function (entry) { return inTitle(entry, words); });
      var rest = hits.filter(function (entry) { return !inTitle(entry, words); });
      first.concat(rest).forEach(function (entry) { results.append(shown(entry, words)); });
      look(words, question, at + 1, count + hits.length, limit);
    }, function () {
      found.textContent = "A part of the search index could not be loaded. Try again in a moment.";
    });
  }

  function search() {
    asked += 1;
    results.textContent = "";
    older.hidden = true;
    var words = fold(input.value).split(/\s+/).filter(Boolean);
    if (!input.value.trim()) { found.textContent = ""; return; }
    if (!words.length) { found.textContent = NOTHING; return; }
    found.textContent = "Searching …";
    look(words, asked, 0, 0, ENOUGH);
  }

  var timer;
  input.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(search, 150);
  });
  form.hidden = false;
  input.value = new URLSearchParams(window.location.search).get("q") || "";
  if (input.value) { search(); } else { input.focus(); }
})();
