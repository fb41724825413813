import type { Place } from "../tell/facts";
import type { News, Order, Signs } from "./order";
import { Witness, type Tell } from "./witness";

type Told = (news: Partial<News & Signs>) => void;

/** A showing whose news a witness hears, too: what is for the page alone goes on to the page. */
export function attested(
  video: HTMLVideoElement,
  { title }: Pick<Order, "title">,
  from: (titles: readonly string[]) => Partial<Place>,
  tell: Tell,
  page: (news: Partial<News>) => void,
): { readonly tell: Told; readonly close: () => void } {
  const open = () => new Witness(video, title, { tell, now: () => performance.now() });
  let witness = open();
  let viewed = false;
  let failure = "not granted";

  const hear: Told = ({ view, box, failure: failed, ...news }) => {
    if (view !== undefined) {
      // Another view of the same title on the same screen: a better edition, or one whose address was lost.
      if (viewed) {
        witness.close();
        witness = open();
      }
      const { id = title, series = null } = news.title ?? {};
      witness.granted(view, id, viewed ? {} : from([id, series?.id ?? id]));
      viewed = true;
    }
    if (box !== undefined) witness.served(box);
    if (failed !== undefined) {
      failure = failed;
      witness.failed(failed, false);
    }
    const shown = news.tracks?.shown;
    if (shown) witness.rung(shown.height, shown.bitsPerSecond, news.tracks?.wanted === shown.height);
    if (news.fault !== undefined) {
      witness.failed(failure, true);
      witness.close();
    }
    if (Object.keys(news).length > 0) page(news);
  };
  return { tell: hear, close: () => witness.close() };
}
