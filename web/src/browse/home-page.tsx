import { useState } from "react";
import { useQuery } from "urql";
import { LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import type { ResultOf } from "../house/graphql";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { pathTo } from "../house/way";
import { newName } from "../tell/names";
import { Acts } from "./acts";
import { Hero } from "./hero";
import { nextLookMs, useLookWhenChanged, useLookWhenSeen } from "./look-again";
import { Row } from "./row";
import { HomeSkeleton } from "./skeletons";
import { HomeQuery, type RowOfTitles } from "./titles";
import styles from "./home-page.module.css";

type Answer = ResultOf<typeof HomeQuery>;

function stagesOf({ home: { hero, rows, preparing } }: Answer) {
  return [...(hero === null ? [] : [hero]), ...rows.flatMap((row) => row.titles), ...preparing];
}

export function HomePage() {
  usePageName(null);
  const [{ data, error }, ask] = useQuery({ query: HomeQuery, requestPolicy: "cache-and-network" });
  const lookAgain = () => ask({ requestPolicy: "network-only" });
  useLookWhenChanged(lookAgain, data === undefined ? null : nextLookMs(stagesOf(data)));
  // Something else may have been watched meanwhile, here or on another screen.
  useLookWhenSeen(lookAgain);

  if (data !== undefined) return stagesOf(data).length === 0 ? <Bare answer={data} /> : <Shelves answer={data} />;
  if (error !== undefined && !isSignedOut(error)) return <Unanswered what="your films" />;
  return <HomeSkeleton />;
}

function Shelves({ answer: { home } }: { readonly answer: Answer }) {
  const { hero, rows, preparing } = home;
  const [pageId] = useState(newName);
  return (
    <div className={styles["home"]}>
      {hero === null ? (
        <h1 className={styles["waiting"]}>The first reels are being prepared</h1>
      ) : (
        <Hero title={hero}>
          <Acts title={hero} details />
        </Hero>
      )}
      {home.asksForPicks && <AskForPicks />}
      {rows.map((row, index) => (
        <Row
          key={row.id}
          name={row.name}
          titles={row.titles}
          keeping={row.kind === "KEEP_WATCHING"}
          to={pageOf(row)}
          standing={{ page: "home", pageId, rowId: row.id, row: index, told: row.told }}
          reasons={row.reasons}
          places={row.places}
        />
      ))}
      {preparing.length > 0 && <Row name="On their way" aside="shown as soon as they can play" titles={preparing} />}
    </div>
  );
}

/** To somebody of whom nothing is known yet: how the rows below become theirs. */
function AskForPicks() {
  return (
    <section className={styles["ask"]} aria-labelledby="picks">
      <div>
        <h2 id="picks" className={styles["wish"]}>
          Pick three you like
        </h2>
        <p className={styles["why"]}>They say more than we could guess, and the rows below become yours.</p>
      </div>
      <LinkPill to="/picks">Choose</LinkPill>
    </section>
  );
}

/** Where a row goes on, if anywhere. */
function pageOf(row: RowOfTitles): string | undefined {
  switch (row.kind) {
    case "MY_LIST":
      return "/list";
    case "SERIES":
      return "/series";
    case "GENRE":
      return pathTo.genre(row.name);
    default:
      return undefined;
  }
}

/** Nothing to show: either the house has no films, or none for this profile. */
function Bare({ answer: { viewer } }: { readonly answer: Answer }) {
  const { profile, operator } = viewer;
  if (profile !== null && profile.maturityLimit < 18) {
    return (
      <Notice
        title={`Nothing here for ${profile.name} yet`}
        reason={`Only titles for ages up to ${profile.maturityLimit} come onto these shelves, and the library has none.`}
      >
        <LinkPill to="/who" main>
          Watch as somebody else
        </LinkPill>
      </Notice>
    );
  }
  return (
    <Notice
      title="The house is open, the shelves are bare"
      reason={
        <>
          Start Matinee with a folder of films, <code>matinee up --library DIR</code>, and they appear here by
          themselves as soon as the first one is ready.
        </>
      }
    >
      {operator && <LinkPill to="/operator">Look after the house</LinkPill>}
    </Notice>
  );
}
