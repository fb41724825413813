import { useEffect } from "react";

/** Names the page in the window's title; the house's own name stands last. */
export function usePageName(name: string | null): void {
  useEffect(() => {
    document.title = name === null ? "Matinee" : `${name} · Matinee`;
  }, [name]);
}
