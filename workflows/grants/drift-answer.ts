/** How long an officer has to accept what Entra holds otherwise than approved; silence removes it. */
export const DRIFT_ANSWER_MS = 15 * 60_000
