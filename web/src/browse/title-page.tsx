import { useQuery } from "urql";
import { LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import { Link } from "../house/link";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { pathTo } from "../house/way";
import { Acts } from "./acts";
import { Hero } from "./hero";
import { nextLookMs, useLookAgain } from "./look-again";
import { Seasons } from "./seasons";
import { TitleSkeleton } from "./skeletons";
import { SmallPrint } from "./small-print";
import { TitleQuery, type TitleDetails } from "./titles";
import { Wall } from "./wall";
import styles from "./title-page.module.css";

export function TitlePage({ id }: { readonly id: string }) {
  const [{ data, error }, ask] = useQuery({
    query: TitleQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const title = data?.title;
  usePageName(title?.name ?? null);
  useLookAgain(() => ask({ requestPolicy: "network-only" }), title ? nextLookMs([title]) : null);

  if (title) return <Details title={title} />;
  if (title === null) {
    return (
      <Notice
        title="Not on the shelf"
        reason="There is no such title in this library, or it is not for this profile. It may have been taken out."
      >
        <LinkPill to="/" main>
          Back to home
        </LinkPill>
      </Notice>
    );
  }
  if (error !== undefined && !isSignedOut(error)) return <Unanswered what="this title" home />;
  return <TitleSkeleton />;
}

function Details({ title }: { readonly title: TitleDetails }) {
  const series = title.seasons.length > 0;
  const alike = title.similar.length > 0;
  return (
    <article className={styles["page"]}>
      <Hero title={title} tall {...(title.series === null ? {} : { above: <EpisodeOf title={title} series={title.series} /> })}>
        <Standing title={title} />
      </Hero>
      <div className={series || alike ? styles["below"] : undefined}>
        {series ? (
          <Seasons seasons={title.seasons} next={title.upNext} />
        ) : (
          alike && <Alike titles={title.similar} columns="few" />
        )}
        <SmallPrint title={title} wide={!series && !alike} />
      </div>
      {series && alike && (
        <div className={styles["after"]}>
          <Alike titles={title.similar} />
        </div>
      )}
    </article>
  );
}

interface EpisodeOfProps {
  readonly title: TitleDetails;
  readonly series: NonNullable<TitleDetails["series"]>;
}

/** Which episode it is; the name of its series leads there. */
function EpisodeOf({ title, series }: EpisodeOfProps) {
  return (
    <>
      <Link to={pathTo.title(series.id)}>{series.name}</Link> · Season {title.seasonNumber}, episode {title.episodeNumber}
    </>
  );
}

function Alike({ titles, columns }: { readonly titles: TitleDetails["similar"]; readonly columns?: "few" }) {
  return (
    <section className={styles["alike"]} aria-labelledby="alike">
      <h2 id="alike" className={styles["heading"]}>
        More like this
      </h2>
      <Wall titles={titles} label="More like this" {...(columns === undefined ? {} : { columns })} />
    </section>
  );
}

/** Play, or why not yet. */
function Standing({ title }: { readonly title: TitleDetails }) {
  switch (title.state) {
    case "PLAYABLE":
      return <Acts title={title} />;
    case "PREPARING":
      return (
        <p className={styles["standing"]} role="status">
          <span className={styles["lamp"]} aria-hidden="true" />
          <span>
            <strong>Being prepared.</strong> It can be watched from here as soon as its first pictures are ready.
          </span>
        </p>
      );
    case "FAILED":
      return (
        <p className={`${styles["standing"]} ${styles["failed"]}`}>
          <span>
            <strong>Could not be prepared.</strong> {title.problem ?? "The reason is not known."}
          </span>
        </p>
      );
  }
}
