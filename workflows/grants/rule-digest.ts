import { digestOf } from '../ledger/leaf.ts'
import { canonicalJson, type Json } from '../shared/canonical-json.ts'
import type { PolicyBaseline } from './weakened-policies.ts'

/**
 * SHA-256, in hex, of a rule as it stands; null: it is gone. The same whatever the rule is called, when it was last saved, and in
 * whatever order the tenant lists things. Undefined where not all of it could be read.
 */
export function ruleDigest(rule: PolicyBaseline | null): string | undefined {
	if (rule === null) return digestOf(null)
	if (rule.kind === 'role') return digestOf(inOrder(rule.policy))
	const { policy, combinations } = rule
	if (policy.state === 'unknown' || (policy.authenticationStrengthId !== null && combinations === null))
		return undefined
	const { displayName: _name, modifiedAt: _at, ...said } = policy
	return digestOf(inOrder({ ...said, combinations }))
}

function inOrder(value: Json | undefined): Json {
	if (value === undefined || value === null || typeof value !== 'object') return value ?? null
	if (isList(value)) return value.map(inOrder).sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inOrder(one)]))
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
