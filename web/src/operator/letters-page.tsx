import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { useLookAgain } from "../browse/look-again";
import { LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { agoInWords } from "./figures";
import { LetterOpen } from "./letter-open";
import { canGoAgain, kindInWords, LettersQuery, SendLetterAgain, STATES, type Letter, type LetterList, type LetterState } from "./letters";
import styles from "./letters-page.module.css";
import jobs from "./jobs.module.css";
import library from "./library.module.css";
import page from "./operator-page.module.css";
import { OperatorRooms } from "./rooms";
import { Lines, Panel, Quiet, State } from "./panel";

const LOOKS_EVERY_MS = 3_000;

/** Every letter to a member and what became of it; where letters do not leave the house, they are read here. */
export function OperatorLettersPage() {
  usePageName("Letters to members");
  const [state, setState] = useState<LetterState | null>(null);
  const [{ data, error }, look] = useQuery({ query: LettersQuery, variables: { state }, requestPolicy: "cache-and-network" });
  const [nowMs, setNowMs] = useState(() => Date.now());
  const again = () => {
    setNowMs(Date.now());
    look({ requestPolicy: "network-only" });
  };
  useLookAgain(again, LOOKS_EVERY_MS);

  if (data?.operator === null) {
    return (
      <Notice title="For the operator" reason="This page looks after the house. Your own letters come to your address.">
        <LinkPill to="/" main>
          Back to home
        </LinkPill>
      </Notice>
    );
  }
  const list = data?.operator?.letters;
  if (list === undefined) {
    if (error !== undefined && !isSignedOut(error)) return <Unanswered what="the letters" home />;
    return <div className={page["page"]} role="status" aria-label="Loading the letters" />;
  }
  return (
    <div className={page["page"]}>
      <OperatorRooms at="/operator/letters" />
      <h1 className={page["heading"]}>Letters</h1>
      <p className={styles["lead"]}>
        {list.leave
          ? "They leave by the mail server. What is in them is for their readers."
          : "No mail server is named, so letters stay here. Name one under [mail] in the topology to send them."}
      </p>
      <Letters list={list} state={state} onState={setState} nowMs={nowMs} onChange={again} />
    </div>
  );
}

interface LettersProps {
  readonly list: LetterList;
  readonly state: LetterState | null;
  readonly onState: (state: LetterState | null) => void;
  readonly nowMs: number;
  readonly onChange: () => void;
}

function Letters({ list, state, onState, nowMs, onChange }: LettersProps) {
  const [open, setOpen] = useState<Letter | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const counts = new Map(list.counts.map((each) => [each.state, each.letters]));
  const all = list.counts.reduce((sum, each) => sum + each.letters, 0);
  return (
    <>
      <Panel
        title="Written"
        aside={
          <select
            className={library["field"]}
            aria-label="State"
            value={state ?? "ALL"}
            onChange={(event) => onState(event.target.value === "ALL" ? null : (event.target.value as LetterState))}
          >
            <option value="ALL">All, {all}</option>
            {Object.entries(STATES).map(([key, { name }]) => (
              <option key={key} value={key}>
                {name}, {counts.get(key as LetterState) ?? 0}
              </option>
            ))}
          </select>
        }
      >
        {refused !== null && (
          <p className={jobs["refused"]} role="alert">
            {refused}
          </p>
        )}
        {list.letters.length === 0 ? (
          <Quiet>{all === 0 ? "Nobody was written to yet. A welcome goes to whoever signs up." : "None is in this state."}</Quiet>
        ) : (
          <Lines label="Letters" columns={["Letter", "To", "State", "Written", "(Acts)"]}>
            {list.letters.map((letter) => (
              <LetterLine
                key={letter.id}
                letter={letter}
                nowMs={nowMs}
                onOpen={() => setOpen(letter)}
                onRefused={setRefused}
                onChange={onChange}
              />
            ))}
          </Lines>
        )}
      </Panel>
      {open !== null && <LetterOpen key={open.id} letter={open} onClose={() => setOpen(null)} />}
    </>
  );
}

interface LineProps {
  readonly letter: Letter;
  readonly nowMs: number;
  readonly onOpen: () => void;
  readonly onRefused: (reason: string | null) => void;
  readonly onChange: () => void;
}

function LetterLine({ letter, nowMs, onOpen, onRefused, onChange }: LineProps) {
  const [{ fetching }, sendAgain] = useMutation(SendLetterAgain);
  const { name, light } = STATES[letter.state];
  const subject = letter.subject ?? kindInWords(letter.kind);
  const act = async () => {
    const { data } = await sendAgain({ id: letter.id });
    const answer = data?.answer;
    if (answer === undefined) onRefused("The letters did not answer. Try again in a moment.");
    else onRefused(answer.__typename === "Refused" ? `${answer.headline} ${answer.reason}` : null);
    onChange();
  };
  return (
    <tr>
      <th scope="row" title={subject}>
        {subject}
      </th>
      <td>{letter.recipient ?? ""}</td>
      <td className={library["standing"]}>
        <State light={light}>{name}</State>
        {letter.problem !== null && <small className={library["why"]}>{letter.problem}</small>}
      </td>
      <td>{agoInWords(letter.madeAt, nowMs)}</td>
      <td className={jobs["acts"]}>
        {letter.state === "KEPT" && (
          <button type="button" className={jobs["act"]} onClick={onOpen}>
            Read<span className="unseen"> {subject}</span>
          </button>
        )}
        {canGoAgain(letter.state) && (
          <button type="button" className={jobs["act"]} disabled={fetching} onClick={() => void act()}>
            Send again<span className="unseen"> {subject}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
