import { describe, expect, test } from 'vitest'
import { signatureHeader, signDelivery, verifyDelivery } from '#workflows/shared/webhook-signature.ts'
import { toBase64, utf8ToBytes } from '#workflows/shared/bytes.ts'

const NOW = new Date('2026-11-24T08:00:00.000Z')
const seconds = NOW.getTime() / 1000
const key = (id: string, fill: number, endsAt: Date | null = null) => ({
	id,
	secret: new Uint8Array(32).fill(fill),
	endsAt,
})
const body = utf8ToBytes('{"events":[]}')
const signed = (fill: number, { id = 'd1', timestamp = seconds, of = body } = {}) => ({
	id,
	timestamp: String(timestamp),
	signature: `v1,${toBase64(signDelivery(new Uint8Array(32).fill(fill), id, timestamp, of))}`,
})

test('the published example of Standard Webhooks is signed as it says', () => {
	// Secret, id, time and body of the specification's own example.
	const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')
	const mac = signDelivery(
		secret,
		'msg_p5jXN8AQM9LWM0D4loKWxJek',
		1614265330,
		utf8ToBytes('{"test": 2432232314}'),
	)
	expect(toBase64(mac)).toBe('g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

describe('a delivery', () => {
	test('is taken when a key of the feed signed it', () => {
		expect(verifyDelivery(signed(1), body, [key('a', 2), key('b', 1)], NOW)).toEqual({ keyId: 'b' })
	})

	test('is taken while a key that is being changed still counts, and told apart afterwards', () => {
		const keys = [key('old', 1, new Date(NOW.getTime() + 1)), key('new', 2)]
		expect(verifyDelivery(signed(1), body, keys, NOW)).toEqual({ keyId: 'old' })
		expect(verifyDelivery(signed(1), body, keys, new Date(NOW.getTime() + 1))).toBe('KEY_ENDED')
	})

	test('may bring several signatures, of which one suffices', () => {
		const { signature, ...rest } = signed(1)
		expect(
			verifyDelivery(
				{ ...rest, signature: `v2,abc ${signed(9).signature} ${signature}` },
				body,
				[key('a', 1)],
				NOW,
			),
		).toEqual({ keyId: 'a' })
	})

	test.each([
		['of another body', signed(1, { of: utf8ToBytes('{"events":[1]}') }), 'SIGNATURE_WRONG'],
		['by another key', signed(3), 'SIGNATURE_WRONG'],
		['under another id', { ...signed(1), id: 'd2' }, 'SIGNATURE_WRONG'],
		['at another time', { ...signed(1), timestamp: String(seconds + 1) }, 'SIGNATURE_WRONG'],
		[
			'in another spelling',
			{ ...signed(1), signature: signed(1).signature.replace('=', '') },
			'SIGNATURE_WRONG',
		],
		['too long ago', signed(1, { timestamp: seconds - 301 }), 'DELIVERY_OLD'],
		['too far ahead', signed(1, { timestamp: seconds + 301 }), 'DELIVERY_OLD'],
		['without a signature', { ...signed(1), signature: null }, 'SIGNATURE_MISSING'],
		['without an id', { ...signed(1), id: '' }, 'SIGNATURE_MISSING'],
		['with a time that is none', { ...signed(1), timestamp: '1e9' }, 'SIGNATURE_MISSING'],
	])('signed %s is refused', (_, headers, code) => {
		expect(verifyDelivery(headers, body, [key('a', 1)], NOW)).toBe(code)
	})
})

test('a header that is signed by two keys is taken by whoever has either', () => {
	const secrets = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
	const header = signatureHeader(secrets, 'msg-1', seconds, body)
	const headers = { id: 'msg-1', timestamp: String(seconds), signature: header }
	expect(verifyDelivery(headers, body, [key('old', 1)], NOW)).toEqual({ keyId: 'old' })
	expect(verifyDelivery(headers, body, [key('new', 2)], NOW)).toEqual({ keyId: 'new' })
	expect(verifyDelivery(headers, body, [key('other', 3)], NOW)).toBe('SIGNATURE_WRONG')
})
