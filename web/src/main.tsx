import { createRoot } from "react-dom/client";
import "./tokens.css";
import "./fonts.css";
import "./ground.css";
import { SessionKeeper } from "./account/session";
import { App } from "./house/app";
import { SafetyCurtain } from "./house/safety-curtain";

const house = document.getElementById("house");
if (house === null) throw new Error("index.html has no #house");
createRoot(house).render(
  <SessionKeeper>
    <SafetyCurtain page="the whole house">
      <App />
    </SafetyCurtain>
  </SessionKeeper>,
);
