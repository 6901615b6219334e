import type { Command } from '../run-commands.ts'

export { USAGE } from './usage.ts'

/** `charterkeep readiness`; loaded when it is called for. */
export const readiness: Command = async (args) => (await import('./report.ts')).report(args)
