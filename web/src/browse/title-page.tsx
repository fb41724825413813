import { useQuery } from "urql";
import { Button, LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { Acts } from "./acts";
import { Hero } from "./hero";
import { useLookAgain } from "./look-again";
import { nextLookMs } from "./rows";
import { TitleSkeleton } from "./skeletons";
import { SmallPrint } from "./small-print";
import { TitleQuery, type TitleDetails } from "./titles";
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
      <Notice title="Not on the shelf" reason="There is no such title in this library. It may have been taken out.">
        <LinkPill to="/" main>
          Back to home
        </LinkPill>
      </Notice>
    );
  }
  if (error !== undefined && !isSignedOut(error)) {
    return (
      <Notice
        urgent
        title="The library did not answer"
        reason="We asked for this title and heard nothing back. Check that Matinee is running, then ask again."
      >
        <Button main onClick={() => ask({ requestPolicy: "network-only" })}>
          Try again
        </Button>
        <LinkPill to="/">Back to home</LinkPill>
      </Notice>
    );
  }
  return <TitleSkeleton />;
}

function Details({ title }: { readonly title: TitleDetails }) {
  return (
    <article className={styles["page"]}>
      <Hero title={title} tall>
        <Standing title={title} />
      </Hero>
      <SmallPrint title={title} />
    </article>
  );
}

/** Play, or why not yet. */
function Standing({ title }: { readonly title: TitleDetails }) {
  switch (title.state) {
    case "PLAYABLE":
      return <Acts id={title.id} />;
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
