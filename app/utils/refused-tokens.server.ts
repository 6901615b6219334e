import { RateLimiterMemory } from 'rate-limiter-flexible'

/** Counts tokens that were refused, by the address that they came from. */
export type RefusedTokens = {
	/** Counts one more from this address; gives whether there have been too many in this minute. */
	isTooMuch: (address: string) => Promise<boolean>
}

const MOST_IN_A_MINUTE = 30

/**
 * Only refused tokens are counted. A token that works is always let through: whoever shares its address must not be able to
 * keep it from ending an access.
 */
export function createRefusedTokens(): RefusedTokens {
	const failures = new RateLimiterMemory({ points: MOST_IN_A_MINUTE, duration: 60 })
	return {
		isTooMuch: (address) =>
			failures.consume(address).then(
				() => false,
				() => true,
			),
	}
}
