// The songs as round points: one buffer, one draw call, whatever their number.

import { isDark, rgbOf } from "./palette.ts";

export const KINDS = 32; // families, and one more for songs that are unsure
const BYTES = 20; // of a point: where it was, where it is, its family, whether it is marked

const vertex = `#version 300 es
layout(location = 0) in vec4 place;
layout(location = 1) in vec2 kind;
uniform vec2 centre, scale;
uniform float moved, size, marking;
uniform vec4 colour[${KINDS}];
out vec4 paint;
out float across;
void main() {
  paint = colour[int(kind.x)];
  float marked = kind.y;
  paint.a *= mix(1.0, mix(0.12, 1.0, marked), marking);
  across = size * (1.0 + 0.25 * marked * marking);
  vec2 at = (mix(place.xy, place.zw, moved) - centre) * scale;
  gl_Position = vec4(at, 0.0, 1.0);
  gl_PointSize = across + 1.0;
}`;

const fragment = `#version 300 es
precision mediump float;
in vec4 paint;
in float across;
out vec4 pixel;
void main() {
  float inside = across * 0.5 - length(gl_PointCoord - 0.5) * (across + 1.0) + 0.5;
  float alpha = paint.a * clamp(inside, 0.0, 1.0);
  pixel = vec4(paint.rgb * alpha, alpha);
}`;

export interface Look {
  width: number; // of the canvas, in CSS pixels
  height: number;
  ratio: number; // device pixels per CSS pixel
  x: number; // what lies in the middle
  y: number;
  scale: number; // CSS pixels per unit
  size: number; // of a point, in CSS pixels
  moved: number; // 0: where the points were .. 1: where they are
  alpha: Float32Array; // (KINDS) of each family
  marking: boolean; // the unmarked are faint
}

function shader(gl: WebGL2RenderingContext, type: number, text: string): WebGLShader {
  const made = gl.createShader(type)!;
  gl.shaderSource(made, text);
  gl.compileShader(made);
  return made;
}

interface Made {
  buffer: WebGLBuffer;
  at: Record<string, WebGLUniformLocation | null>;
}

export class Drawing {
  private made: Made | null = null;
  private points = new ArrayBuffer(0);
  private count = 0;
  private genres: string[] = [];
  private colours = new Float32Array(KINDS * 4);

  private constructor(private gl: WebGL2RenderingContext) {
    this.restore();
  }

  // null: this browser has no WebGL, or none that can draw this.
  static on(canvas: HTMLCanvasElement): Drawing | null {
    const gl = canvas.getContext("webgl2", { antialias: false, depth: false, alpha: true });
    const drawing = gl && new Drawing(gl);
    return drawing?.made ? drawing : null;
  }

  // Builds what the context holds: at first, and after the context was lost.
  restore(): void {
    const gl = this.gl;
    const program = gl.createProgram();
    gl.attachShader(program, shader(gl, gl.VERTEX_SHADER, vertex));
    gl.attachShader(program, shader(gl, gl.FRAGMENT_SHADER, fragment));
    gl.linkProgram(program);
    this.made = null;
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return;
    const at: Made["at"] = {};
    for (const name of ["centre", "scale", "moved", "size", "marking", "colour"]) {
      at[name] = gl.getUniformLocation(program, name);
    }
    this.made = { buffer: gl.createBuffer(), at };
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.made.buffer);
    gl.enableVertexAttribArray(0);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(0, 4, gl.FLOAT, false, BYTES, 0);
    gl.vertexAttribPointer(1, 2, gl.UNSIGNED_BYTE, false, BYTES, 16);
    gl.bufferData(gl.ARRAY_BUFFER, this.points, gl.DYNAMIC_DRAW);
  }

  lose(): void {
    this.made = null;
  }

  // `before`: x and y of each point as it was; the same as now when nothing moves.
  load(x: number[], y: number[], genre: number[], genres: string[], before: Float32Array): void {
    this.count = x.length;
    this.genres = genres.slice(0, KINDS - 1);
    this.points = new ArrayBuffer(this.count * BYTES);
    const view = new DataView(this.points);
    for (let i = 0; i < this.count; i++) {
      view.setFloat32(i * BYTES, before[i * 2]!, true);
      view.setFloat32(i * BYTES + 4, before[i * 2 + 1]!, true);
      view.setFloat32(i * BYTES + 8, x[i]!, true);
      view.setFloat32(i * BYTES + 12, y[i]!, true);
      view.setUint8(i * BYTES + 16, kindOf(genre[i]!));
    }
    this.theme();
    this.send();
  }

  mark(marked: Set<number>): void {
    const bytes = new Uint8Array(this.points);
    for (let i = 0; i < this.count; i++) bytes[i * BYTES + 17] = marked.has(i) ? 1 : 0;
    this.send();
  }

  theme(): void {
    const dark = isDark();
    for (let kind = 0; kind < KINDS; kind++) {
      this.colours.set(rgbOf(this.genres[kind] ?? null, dark), kind * 4);
    }
  }

  private send(): void {
    if (this.made) this.gl.bufferData(this.gl.ARRAY_BUFFER, this.points, this.gl.DYNAMIC_DRAW);
  }

  draw(look: Look): void {
    const { gl, made } = this;
    if (!made) return;
    const width = Math.round(look.width * look.ratio);
    const height = Math.round(look.height * look.ratio);
    if (gl.canvas.width !== width || gl.canvas.height !== height) {
      gl.canvas.width = width;
      gl.canvas.height = height;
    }
    for (let kind = 0; kind < KINDS; kind++) this.colours[kind * 4 + 3] = look.alpha[kind]!;
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(made.at.centre!, look.x, look.y);
    gl.uniform2f(made.at.scale!, (2 * look.scale) / look.width, (2 * look.scale) / look.height);
    gl.uniform1f(made.at.moved!, look.moved);
    gl.uniform1f(made.at.size!, look.size * look.ratio);
    gl.uniform1f(made.at.marking!, look.marking ? 1 : 0);
    gl.uniform4fv(made.at.colour!, this.colours);
    gl.drawArrays(gl.POINTS, 0, this.count);
  }
}

// Where a family's colour lies; that of unsure songs is the last one.
export function kindOf(genre: number): number {
  return genre >= 0 && genre < KINDS - 1 ? genre : KINDS - 1;
}
