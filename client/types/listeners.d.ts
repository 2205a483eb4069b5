/** Who wants to hear of every change of who is signed in. */
import type { AuthChange, AuthListener } from "./shapes.js";
/** @import { AuthChange, AuthListener } from "./shapes.js" */
export declare class Listeners {
    #private;
    /**
     * @param {AuthListener} listener
     * @returns {() => void} call it to hear no more
     */
    add(listener: AuthListener): () => void;
    /** @param {AuthChange} change */
    tell(change: AuthChange): void;
    /** Tell nobody any more. */
    clear(): void;
}
