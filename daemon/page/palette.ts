// One colour per family for the map and every chart. The 22 were searched for the largest smallest
// distance in OKLab, with 3:1 to the ground of their theme.

const table: Record<string, readonly [light: string, dark: string]> = {
  ambient: ["#009e81", "#0bb695"],
  "asian-pop": ["#ea05a1", "#dd0999"],
  blues: ["#015a93", "#3680bb"],
  classical: ["#003030", "#30fefe"],
  country: ["#935d06", "#ffc786"],
  electronic: ["#0495d7", "#5abffd"],
  folk: ["#593302", "#c99159"],
  "funk-disco": ["#850489", "#fe93ff"],
  gospel: ["#91920e", "#edef0a"],
  "hip-hop": ["#0164f8", "#156eff"],
  indie: ["#c76a8d", "#b3587b"],
  jazz: ["#260076", "#8b88fe"],
  latin: ["#00a209", "#57f453"],
  metal: ["#94022b", "#fd004e"],
  pop: ["#d743ee", "#de4cf5"],
  punk: ["#e7652c", "#cd4d04"],
  reggae: ["#016a00", "#289224"],
  rock: ["#f50752", "#ff818d"],
  soul: ["#7405d1", "#9845ff"],
  soundtrack: ["#49023f", "#ffcdf2"],
  spoken: ["#704b78", "#bc94c5"],
  world: ["#446053", "#aeccbd"],
};
const unsure = ["#85827a", "#7d828c"] as const; // and whatever has no colour of its own

// For style={{ fill: ... }}: follows the theme by itself.
export function colourOf(genre: string | null): string {
  const [light, dark] = (genre !== null && table[genre]) || unsure;
  return `light-dark(${light}, ${dark})`;
}

// Red, green and blue of 0 .. 1, for WebGL.
export function rgbOf(genre: string | null, dark: boolean): [number, number, number] {
  const bits = parseInt(((genre !== null && table[genre]) || unsure)[dark ? 1 : 0].slice(1), 16);
  return [(bits >> 16) / 255, ((bits >> 8) & 255) / 255, (bits & 255) / 255];
}

const darkness = matchMedia("(prefers-color-scheme: dark)");

export function isDark(): boolean {
  return darkness.matches;
}

export function onTheme(changed: () => void): () => void {
  darkness.addEventListener("change", changed);
  return () => darkness.removeEventListener("change", changed);
}
