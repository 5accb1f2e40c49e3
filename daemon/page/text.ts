// How numbers, times and names are told.

const whole = new Intl.NumberFormat("en");
const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function count(n: number, one: string, many = one + "s"): string {
  return `${whole.format(n)} ${n === 1 ? one : many}`;
}

export function number(n: number): string {
  return whole.format(n);
}

export function percent(p: number): string {
  const rounded = Math.round(p * 100);
  if (rounded === 100 && p < 1) return "> 99 %";
  if (rounded === 0 && p > 0) return "< 1 %";
  return `${rounded} %`;
}

export function date(time: string | null): string {
  return time ? day.format(new Date(time)) : "never";
}

export function dateTime(time: string | null): string {
  return time ? moment.format(new Date(time)) : "never";
}

// "3 hours ago", "in 2 days"
export function fromNow(time: string | null, now = Date.now()): string {
  if (!time) return "never";
  const seconds = (new Date(time).getTime() - now) / 1000;
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [60, "second"],
    [3600, "minute"],
    [86400, "hour"],
    [86400 * 30, "day"],
    [86400 * 365, "month"],
    [Infinity, "year"],
  ];
  let unit = 1;
  for (const [limit, name] of steps) {
    if (Math.abs(seconds) < limit) return relative.format(Math.round(seconds / unit), name);
    unit = limit;
  }
  return dateTime(time);
}

export function length(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// A sentence of the daemon has no full stop and begins with a small letter.
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : begun + ".";
}
