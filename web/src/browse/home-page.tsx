import { useQuery } from "urql";
import { Button } from "../house/button";
import { isSignedOut } from "../house/client";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { Acts } from "./acts";
import { Hero } from "./hero";
import { HomeSkeleton } from "./skeletons";
import { useLookAgain } from "./look-again";
import { Row } from "./row";
import { heroOf, nextLookMs, rowsOf } from "./rows";
import { TitlesQuery, type TitleSummary } from "./titles";
import styles from "./home-page.module.css";

export function HomePage() {
  usePageName(null);
  const [{ data, error }, ask] = useQuery({ query: TitlesQuery, requestPolicy: "cache-and-network" });
  useLookAgain(() => ask({ requestPolicy: "network-only" }), data === undefined ? null : nextLookMs(data.titles));

  if (data !== undefined) {
    return data.titles.length === 0 ? <EmptyLibrary /> : <Library titles={data.titles} />;
  }
  if (error !== undefined && !isSignedOut(error)) {
    return (
      <Notice
        urgent
        title="The library did not answer"
        reason="We asked for your films and heard nothing back. Check that Matinee is running, then ask again."
      >
        <Button main onClick={() => ask({ requestPolicy: "network-only" })}>
          Try again
        </Button>
      </Notice>
    );
  }
  return <HomeSkeleton />;
}

function Library({ titles }: { readonly titles: readonly TitleSummary[] }) {
  const hero = heroOf(titles);
  return (
    <div className={styles["home"]}>
      {hero === null ? (
        <h1 className={styles["waiting"]}>The first reels are being prepared</h1>
      ) : (
        <Hero title={hero} above={hero.id === titles[0]?.id ? "Newest here" : null}>
          <Acts id={hero.id} details />
        </Hero>
      )}
      {rowsOf(titles).map((row) => (
        <Row key={row.heading} row={row} />
      ))}
    </div>
  );
}

function EmptyLibrary() {
  return (
    <Notice
      title="The house is open, the shelves are bare"
      reason={
        <>
          Start Matinee with a folder of films, <code>matinee up --library DIR</code>, and they appear here by
          themselves as soon as the first one is ready.
        </>
      }
    />
  );
}
