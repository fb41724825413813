import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { Button, LinkPill } from "../house/button";
import { isSignedOut, TITLES_CHANGED } from "../house/client";
import { TickIcon } from "../house/icons";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { go } from "../house/way";
import { useLookAgain } from "./look-again";
import { Nothing } from "./nothing";
import { WallSkeleton } from "./skeletons";
import { KeepPicks, PicksQuery } from "./picks";
import type { TitleSummary } from "./titles";
import styles from "./picks-page.module.css";

const EMPTY_LOOKS_EVERY_MS = 2_000;

/** A new profile says what it likes, so that its rows are worth opening at once. */
export function PicksPage() {
  usePageName("Pick what you like");
  const [{ data, error }, look] = useQuery({ query: PicksQuery, requestPolicy: "network-only" });
  const [{ fetching, error: refused }, keep] = useMutation(KeepPicks);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  useLookAgain(() => look({ requestPolicy: "network-only" }), data?.picks.titles.length === 0 ? EMPTY_LOOKS_EVERY_MS : null);

  if (data === undefined) {
    if (error !== undefined && !isSignedOut(error)) return <Unanswered what="titles to pick from" home />;
    return (
      <div className={styles["page"]}>
        <WallSkeleton />
      </div>
    );
  }
  const { titles, picked, enough } = data.picks;
  const picks = chosen ?? new Set(picked);
  const left = Math.max(0, enough - picks.size);
  const toggle = (id: string) => {
    const next = new Set(picks);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const done = async () => {
    const { error: no } = await keep({ titles: [...picks] }, TITLES_CHANGED);
    if (no === undefined) go("/");
  };
  if (titles.length === 0) {
    return (
      <div className={styles["page"]}>
        <Nothing title="Nothing to pick from yet" reason="As soon as there are films to play, some of them stand here.">
          <LinkPill to="/" main>
            Back to home
          </LinkPill>
        </Nothing>
      </div>
    );
  }
  return (
    <div className={styles["page"]}>
      <h1 className={styles["heading"]}>What do you like?</h1>
      <p className={styles["lead"]}>Three are enough. Nobody sees them but you, and what you watch soon counts for more.</p>
      <ul className={styles["wall"]} role="list" aria-label="Titles to pick from">
        {titles.map((title) => (
          <Pick key={title.id} title={title} picked={picks.has(title.id)} onToggle={() => toggle(title.id)} />
        ))}
      </ul>
      <div className={styles["foot"]}>
        <p role="status">
          {refused !== undefined
            ? "Your picks could not be kept. They are still here: try again."
            : left > 0
              ? `${left} more`
              : `${picks.size} picked`}
        </p>
        <LinkPill to="/">Not now</LinkPill>
        <Button main disabled={left > 0 || fetching} onClick={() => void done()}>
          Done
        </Button>
      </div>
    </div>
  );
}

interface PickProps {
  readonly title: TitleSummary;
  readonly picked: boolean;
  readonly onToggle: () => void;
}

function Pick({ title, picked, onToggle }: PickProps) {
  return (
    <li>
      <button type="button" className={styles["pick"]} aria-pressed={picked} onClick={onToggle}>
        {title.art === null ? null : <img src={title.art.poster} alt="" loading="lazy" width={400} height={600} />}
        <span className={styles["name"]}>{title.name}</span>
        {picked && (
          <span className={styles["tick"]}>
            <TickIcon />
          </span>
        )}
      </button>
    </li>
  );
}
