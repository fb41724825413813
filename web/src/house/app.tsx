import { useEffect, useRef } from "react";
import { SignInPage } from "../account/sign-in-page";
import { SignUpPage } from "../account/sign-up-page";
import { useQuietRenewal } from "../account/session";
import { HomePage } from "../browse/home-page";
import { TitlePage } from "../browse/title-page";
import { WatchPage } from "../watch/watch-page";
import { Header } from "./header";
import { LostPage } from "./lost-page";
import { SafetyCurtain } from "./safety-curtain";
import { placeOf, useWay, type Place } from "./way";

function Room({ place, search }: { readonly place: Place; readonly search: string }) {
  switch (place.room) {
    case "home":
      return <HomePage />;
    case "title":
      return <TitlePage key={place.id} id={place.id} />;
    case "watch":
      return <WatchPage key={place.id} id={place.id} hls={new URLSearchParams(search).get("manifest") === "hls"} />;
    case "sign-in":
      return <SignInPage />;
    case "sign-up":
      return <SignUpPage />;
    case "lost":
      return <LostPage />;
  }
}

/** After a step inside the house, reading starts at the top of the new page. */
function useFocusOnArrival(path: string) {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}

export function App() {
  const { path, search } = useWay();
  const place = placeOf(path);
  const atDoor = place.room === "sign-in" || place.room === "sign-up";
  const main = useFocusOnArrival(path);
  useQuietRenewal(!atDoor);

  return (
    <>
      {!atDoor && place.room !== "watch" && <Header at={place.room === "home" ? "home" : "elsewhere"} />}
      <main id="page" ref={main} tabIndex={-1}>
        <SafetyCurtain page={path}>
          <Room place={place} search={search} />
        </SafetyCurtain>
      </main>
    </>
  );
}
