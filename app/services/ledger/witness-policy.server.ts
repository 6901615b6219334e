import type { HeadGuard } from '#app/integrations/head-guard.server.ts'
import type { WitnessPort } from '#app/integrations/witness-client.server.ts'
import { ConfigError } from '#app/config.server.ts'
import { parseVkey } from '#workflows/ledger/signed-note.ts'
import type { Policy } from '#workflows/ledger/tlog-policy.ts'

/** Why a witness did not cosign, as the pages name it. */
export type WitnessProblem =
	'unreachable' | 'unknown_log' | 'refused' | 'bad_cosignature' | 'clock' | 'ahead' | 'forked'

/** How it went with a witness in this process. */
export type WitnessNote = {
	problem: { code: WitnessProblem; text: string; since: Date } | null
	/** It once held less than it had cosigned: its own state was lost. */
	wentBack: { at: Date; held: number; cosigned: number } | null
}

/** Who witnesses the log, how they are reached, and what is known of them here. */
export type Witnessing = {
	/** As configured; null means that nobody is asked. */
	policy: Policy | null
	/** open: what the log signed is given out; closed: only what meets the quorum. */
	mode: 'open' | 'closed'
	port: WitnessPort
	/** By the name in the policy. */
	notes: Map<string, WitnessNote>
	/** Stops all signing here: a witness holds proof that this log has forked. */
	accuse: (message: string) => void
}

/**
 * The policy under which this log's checkpoints are judged: what is configured, with the log's own keys (several while one
 * takes over from another). Throws ConfigError where the policy names other logs and not this one.
 */
export function policyFor(configured: Policy | null, vkeys: readonly string[]): Policy {
	const { logs, witnesses, groups, quorum } = configured ?? {
		logs: [],
		witnesses: [],
		groups: [],
		quorum: null,
	}
	const own = [...new Set(vkeys)].map((vkey) => {
		const key = parseVkey(vkey)
		if (key === null) throw new TypeError('This is no verifier key of a log.')
		return { key, vkey, url: null }
	})
	const origin = own[0]?.key.name
	const named = logs.filter(({ key }) => key.name === origin)
	if (logs.length > 0 && named.length === 0) {
		throw new ConfigError(
			`CHARTERKEEP_WITNESS_POLICY_FILE names logs, and none is ${origin}: remove its log lines, or add one with ${vkeys[0]}.`,
		)
	}
	const more = named.filter(({ vkey }) => own.every((log) => log.vkey !== vkey))
	return { logs: [...own, ...more], witnesses, groups, quorum }
}

/** Under which name the cosignatures of a witness are kept: its key's name and id. */
export const columnOf = (vkey: string): string => vkey.split('+').slice(0, 2).join('+')

/** The log's head guard, and what witnesses hold against the log: a fork that was proven stops all signing. */
export function guardWithWitnesses(guard: HeadGuard): {
	guard: HeadGuard
	accuse: (message: string) => void
} {
	let accusation: string | null = null
	return {
		guard: {
			...guard,
			last() {
				if (accusation !== null) throw new LogForked(accusation)
				return guard.last()
			},
		},
		accuse(message) {
			accusation ??= message
		},
	}
}

/** Two trees were signed under this log's name: nothing more is signed until somebody has looked. */
export class LogForked extends Error {
	override readonly name = 'LogForked'
}
