import { useState, type ReactNode } from "react";
import { LoveIcon, ThumbIcon } from "../house/icons";
import type { Thumb } from "../tell/facts";
import { useThumb } from "../tell/thumbs";
import styles from "./thumbs.module.css";

interface Thumbable {
  readonly id: string;
  readonly name: string;
  readonly series: { readonly id: string; readonly name: string } | null;
}

interface ThumbsProps {
  readonly title: Thumbable;
  /** One button until somebody wants to say something: for cards, which have little room. */
  readonly folded?: boolean;
}

const CHOICES: readonly { readonly thumb: Thumb; readonly words: string; readonly icon: (on: boolean) => ReactNode }[] = [
  { thumb: "DOWN", words: "Not for me", icon: (on) => <ThumbIcon down filled={on} /> },
  { thumb: "UP", words: "I like this", icon: (on) => <ThumbIcon filled={on} /> },
  { thumb: "LOVE", words: "I love this", icon: (on) => <LoveIcon filled={on} /> },
];

/** What one thinks of a title: pressed again it is taken back. An episode stands for its series. */
export function Thumbs({ title, folded = false }: ThumbsProps) {
  const { thumb, choose } = useThumb(title.series?.id ?? title.id);
  const [open, setOpen] = useState(!folded);
  const name = title.series?.name ?? title.name;
  const said = CHOICES.find((choice) => choice.thumb === thumb);
  const size = folded ? `${styles["button"]} ${styles["small"]}` : styles["button"];

  if (!open) {
    return (
      <button type="button" className={size} aria-label={`${said?.words ?? "Rate"}: ${name}`} title={said?.words ?? "Rate"} onClick={() => setOpen(true)}>
        {said?.icon(true) ?? <ThumbIcon />}
      </button>
    );
  }
  return (
    <div role="group" aria-label={`What you think of ${name}`} className={styles["group"]}>
      {CHOICES.map(({ thumb: each, words, icon }) => (
        <button
          key={each}
          type="button"
          className={size}
          aria-pressed={thumb === each}
          aria-label={words}
          title={words}
          onClick={() => {
            choose(each);
            if (folded) setOpen(false);
          }}
        >
          {icon(thumb === each)}
        </button>
      ))}
    </div>
  );
}
