// A PNG's pixels, for looking whether anything is drawn: 8 bits, RGB or RGBA, not interlaced.

import { inflateSync } from "node:zlib";

function paeth(a, b, c) {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

export function decode(file) {
  if (file.toString("latin1", 1, 4) !== "PNG") throw new Error("not a PNG");
  let [width, height, depth, type, interlaced] = [0, 0, 0, 0, 0];
  const packed = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const body = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    const name = file.toString("latin1", at + 4, at + 8);
    if (name === "IHDR") {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      [depth, type, interlaced] = [body[8], body[9], body[12]];
    } else if (name === "IDAT") packed.push(body);
  }
  if (depth !== 8 || interlaced || ![2, 6].includes(type))
    throw new Error(`a PNG of type ${type}, ${depth} bits`);
  const wide = type === 6 ? 4 : 3;
  const stride = width * wide;
  const raw = inflateSync(Buffer.concat(packed));
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const a = x >= wide ? pixels[at - wide] : 0;
      const b = y > 0 ? pixels[at - stride] : 0;
      const c = x >= wide && y > 0 ? pixels[at - stride - wide] : 0;
      const guess = [0, a, b, (a + b) >> 1, filter === 4 ? paeth(a, b, c) : 0][filter];
      pixels[at] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return { width, height, wide, pixels };
}

// How many colours there are, and the share of pixels that differ from the first one.
export function look(file) {
  const { width, height, wide, pixels } = decode(file);
  const colours = new Set();
  let other = 0;
  const key = (at) => pixels.readUIntBE(at, 3) * 256 + (wide === 4 ? pixels[at + 3] : 255);
  const first = key(0);
  for (let at = 0; at < pixels.length; at += wide) {
    const colour = key(at);
    if (colour !== first) other++;
    colours.add(colour);
  }
  return { width, height, colours: colours.size, drawn: other / (width * height) };
}
