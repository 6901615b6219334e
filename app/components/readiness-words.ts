import { wholePercent } from '#workflows/tenant/readiness/scores.ts'

/** A score as whole percent, rounded down: what is not met whole must not read as if it were. */
export const percent = (score: number) => `${wholePercent(score)} %`
