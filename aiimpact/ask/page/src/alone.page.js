// A question in a file of its own; beside an explorer, the explorer tells the height.
import { tellHeight } from "../../../live/page/src/frame.js";
import "./ask.page.js";

if (!document.getElementById("explorers")) tellHeight();
