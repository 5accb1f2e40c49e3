// Times that change while one looks at them.

import { useEffect, useState } from "preact/hooks";
import { dateTime, fromNow } from "./text.ts";

// Now, renewed once a minute and whenever the page is looked at again.
export function useMinute(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const look = () => {
      if (!document.hidden) setNow(Date.now());
    };
    const timer = setInterval(look, 60000);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return now;
}

// "3 hours ago", with the moment itself for who wants it.
export function Ago({ time }: { time: string | null }) {
  const now = useMinute();
  if (!time) return <>never</>;
  return (
    <time dateTime={time} title={dateTime(time)}>
      {fromNow(time, now)}
    </time>
  );
}

// "14:05", or with the day when it is another one.
export function until(time: string): string {
  const then = new Date(time);
  const sameDay = then.toDateString() === new Date().toDateString();
  return sameDay ? new Intl.DateTimeFormat("en", { timeStyle: "short" }).format(then) : dateTime(time);
}

// "2 h 5 min"
export function left(time: string, now: number): string {
  const minutes = Math.max(1, Math.ceil((new Date(time).getTime() - now) / 60000));
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
}
