// A chart as a file that stands by itself: what the page's styles gave it is written into it.

const WRITTEN = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-linecap",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
];
const SCALE = 2; // pixels of a PNG for each of the page's

export interface Picture {
  svg: SVGSVGElement;
  title: string;
  legend: { title: string; colour: string }[];
  file: string; // name of what is saved, without its end
}

const SVG = "http://www.w3.org/2000/svg";
const EDGE = 20;
const LINE = 22;

function add(parent: Element, tag: string, attributes: Record<string, string | number>, text = ""): Element {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

function drawing(svg: SVGSVGElement): Element {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const group = document.createElementNS(SVG, "g");
  const from = [...svg.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(from[i]!);
    for (const name of WRITTEN) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute("class");
    element.removeAttribute("style");
  });
  group.append(...copy.childNodes);
  return group;
}

// Left to right in as many lines as it takes; returns where the last one ends.
function drawLegend(sheet: Element, picture: Picture, width: number, top: number): number {
  const measure = document.createElement("canvas").getContext("2d")!;
  const { color, fontFamily } = getComputedStyle(picture.svg);
  let [x, y] = [EDGE, top];
  measure.font = `13px ${fontFamily}`;
  for (const { title, colour } of picture.legend) {
    const room = 16 + measure.measureText(title).width + 18;
    if (x > EDGE && x + room > width - EDGE) [x, y] = [EDGE, y + LINE];
    const dot = add(sheet, "circle", { cx: x + 5, cy: y - 4, r: 5 });
    (dot as SVGElement).style.fill = colour;
    add(sheet, "text", { x: x + 16, y, fill: color, "font-size": 13, "font-family": fontFamily }, title);
    x += room;
  }
  return picture.legend.length ? y + LINE : top;
}

// The dots' colours follow the theme, which a file of its own does not know.
function settle(sheet: SVGSVGElement): void {
  document.body.append(sheet);
  for (const dot of sheet.querySelectorAll("circle[style]")) {
    dot.setAttribute("fill", getComputedStyle(dot).fill);
    dot.removeAttribute("style");
  }
  sheet.remove();
}

function asBlob(picture: Picture): Blob {
  const { width, height } = picture.svg.getBoundingClientRect();
  const { color, fontFamily } = getComputedStyle(picture.svg);
  const sheet = document.createElementNS(SVG, "svg");
  const ground = getComputedStyle(picture.svg.closest(".card") ?? document.body).backgroundColor;
  add(sheet, "rect", { width: "100%", height: "100%", fill: ground });
  add(
    sheet,
    "text",
    { x: EDGE, y: 36, fill: color, "font-size": 20, "font-weight": 700, "font-family": fontFamily },
    picture.title,
  );
  const top = drawLegend(sheet, picture, width + 2 * EDGE, 64);
  const chart = drawing(picture.svg);
  chart.setAttribute("transform", `translate(${EDGE} ${top})`);
  sheet.append(chart);
  sheet.setAttribute("xmlns", SVG);
  sheet.setAttribute("width", String(width + 2 * EDGE));
  sheet.setAttribute("height", String(top + height + EDGE));
  settle(sheet);
  return new Blob([new XMLSerializer().serializeToString(sheet)], { type: "image/svg+xml" });
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function saveSvg(picture: Picture): void {
  download(asBlob(picture), `${picture.file}.svg`);
}

export async function savePng(picture: Picture): Promise<void> {
  const address = URL.createObjectURL(asBlob(picture));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * SCALE;
    canvas.height = image.height * SCALE;
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the browser could not draw the picture");
    download(blob, `${picture.file}.png`);
  } finally {
    URL.revokeObjectURL(address);
  }
}
