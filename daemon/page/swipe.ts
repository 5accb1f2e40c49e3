// A card that a finger moves aside: as far as it takes to mean it, or back.

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

const FAR = 90; // px

export function useSwipe(
  element: RefObject<HTMLElement | null>,
  swiped: (side: "left" | "right") => void,
): void {
  const latest = useRef(swiped);
  latest.current = swiped;
  useEffect(() => {
    const card = element.current;
    if (!card) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    let from: { id: number; x: number; y: number } | null = null;
    let moved = 0;
    const show = (x: number) => {
      moved = x;
      card.dataset.side = Math.abs(x) < FAR ? "" : x < 0 ? "left" : "right";
      if (!still.matches) card.style.transform = x === 0 ? "" : `translateX(${x}px) rotate(${x / 60}deg)`;
    };
    const down = (event: PointerEvent) => {
      if (event.pointerType === "mouse" || !event.isPrimary) return;
      from = { id: event.pointerId, x: event.clientX, y: event.clientY };
    };
    const move = (event: PointerEvent) => {
      if (!from || event.pointerId !== from.id) return;
      const x = event.clientX - from.x;
      // The finger scrolls, until it has clearly gone aside. A click that began on a button ends here.
      if (moved === 0 && (Math.abs(x) < 12 || Math.abs(x) < Math.abs(event.clientY - from.y))) return;
      if (moved === 0) card.setPointerCapture(event.pointerId);
      show(x);
    };
    const end = (event: PointerEvent) => {
      if (!from || event.pointerId !== from.id) return;
      const side = card.dataset.side;
      from = null;
      show(0);
      if (event.type === "pointerup" && (side === "left" || side === "right")) latest.current(side);
    };
    card.addEventListener("pointerdown", down);
    card.addEventListener("pointermove", move);
    card.addEventListener("pointerup", end);
    card.addEventListener("pointercancel", end);
    return () => {
      card.removeEventListener("pointerdown", down);
      card.removeEventListener("pointermove", move);
      card.removeEventListener("pointerup", end);
      card.removeEventListener("pointercancel", end);
    };
  }, []);
}
