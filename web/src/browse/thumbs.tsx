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
  const [last, setLast] = useState<Thumb>("UP");
  const name = title.series?.name ?? title.name;
  const size = folded ? `${styles["button"]} ${styles["small"]}` : styles["button"];
  // The one that was pressed stays where it is as the others come and go, and so does the focus.
  const face = open ? null : thumb === "NONE" ? last : thumb;

  const press = (chosen: Thumb) => {
    if (open) choose(chosen);
    setLast(chosen);
    if (folded) setOpen(!open);
  };
  return (
    <div role="group" aria-label={`What you think of ${name}`} className={styles["group"]} data-open={folded && open ? "" : undefined}>
      {CHOICES.map(({ thumb: each, words, icon }) => {
        if (face !== null && face !== each) return null;
        const said = thumb === each ? words : "Rate";
        return (
          <button
            key={each}
            type="button"
            className={size}
            aria-pressed={open ? thumb === each : undefined}
            aria-label={open ? words : `${said}: ${name}`}
            title={open ? words : said}
            onClick={() => press(each)}
          >
            {icon(thumb === each)}
          </button>
        );
      })}
    </div>
  );
}
