import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAzureRequest } from '#app/integrations/lockbox/azure-request.ts'
import { answerCommand, quotePowerShell } from '#app/integrations/lockbox/m365-command.ts'
import { parseM365Output } from '#app/integrations/lockbox/m365-output.ts'

const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111'
const azure = (more: Record<string, unknown> = {}) => ({
	id: 'x',
	properties: {
		requestId: 'r-1',
		justification: 'Support asks.',
		status: 'Pending',
		createdDateTime: '2026-06-17T23:15:42.031334Z',
		expirationDateTime: '2026-06-21T23:15:42.031334Z',
		duration: '8',
		resourceIds: `SUBSCRIPTIONS/${SUBSCRIPTION}/A, SUBSCRIPTIONS/${SUBSCRIPTION}/B`,
		workitemsource: 'Other',
		...more,
	},
})

describe('a request as Azure tells it', () => {
	test('is read with cause, time, duration, type and reach, and nothing is said of whoever asks', () => {
		expect(readAzureRequest(azure())).toMatchObject({
			providerRequestId: 'r-1',
			seen: 'pending',
			cause: 'Support asks.',
			type: 'Other',
			durationSeconds: 28_800,
			askedAt: '2026-06-17T23:15:42.031Z',
			deadline: '2026-06-21T23:15:42.031Z',
			resources: [`/subscriptions/${SUBSCRIPTION}/a`, `/subscriptions/${SUBSCRIPTION}/b`],
			disclosed: { name: null, country: null, clearance: null },
		})
	})

	test.each([
		[{ duration: 2 }, { durationSeconds: 7200 }],
		[
			{ duration: 'Support request lifetime' },
			{ durationSeconds: null, durationText: 'Support request lifetime' },
		],
		[{ duration: '0' }, { durationSeconds: null }],
		[{ duration: null }, { durationSeconds: null }],
		[{ resourceIds: ['/subscriptions/A'] }, { resources: ['/subscriptions/a'] }],
		[{ resourceIds: null }, { resources: [] }],
		[{ expirationDateTime: undefined }, { deadline: '2026-06-21T23:15:42.031Z' }],
		[{ status: 'Completing' }, { seen: 'approved' }],
		[{ status: 'SomethingNew' }, { seen: 'unknown', status: 'SomethingNew' }],
		[{ status: 'constructor' }, { seen: 'unknown' }],
		[{ status: undefined }, { seen: 'unknown' }],
		[{ createdDateTime: '2026-06-17T23:15:42' }, { askedAt: '2026-06-17T23:15:42.000Z' }],
	])('in any form that has been seen: %j', (more, expected) => {
		expect(readAzureRequest(azure(more))).toMatchObject(expected)
	})

	test('is not guessed where it has no number or no time', () => {
		for (const value of [null, {}, azure({ requestId: '' }), azure({ createdDateTime: 'soon' })])
			expect(readAzureRequest(value)).toBeNull()
	})
})

describe('what Get-AccessToCustomerDataRequest prints', () => {
	const NOW = new Date('2026-11-29T12:00:00.000Z')
	const row = { RequestId: 'EXSR1', ApprovalStatus: 'Pending', CreatedDate: '2026-11-29T09:00:00Z' }
	const read = (value: unknown) => parseM365Output(JSON.stringify(value), NOW)

	test('is read as one object or a list, with dates of both PowerShells', () => {
		const ms = Date.parse('2026-11-29T09:00:00Z')
		for (const date of [
			'2026-11-29T09:00:00Z',
			'2026-11-29T09:00:00',
			'2026-11-29T10:00:00+01:00',
			`/Date(${ms})/`,
			`/Date(${ms}+0100)/`,
			{ value: `/Date(${ms})/`, DisplayHint: 2, DateTime: 'Sunday' },
		])
			expect(read({ ...row, CreatedDate: date })).toMatchObject({
				requests: [{ askedAt: '2026-11-29T09:00:00.000Z', deadline: '2026-11-29T21:00:00.000Z' }],
			})
		expect(read([row, { ...row, RequestId: 'EXSR2' }])).toMatchObject({
			requests: [{ providerRequestId: 'EXSR1' }, { providerRequestId: 'EXSR2' }],
		})
		expect(parseM365Output(`\uFEFF${JSON.stringify(row)}`, NOW)).toHaveProperty('requests')
	})

	test.each([
		['04:30:00', 16_200],
		['1.02:00:00', 93_600],
		[8, 28_800],
		['8', 28_800],
		[{ Ticks: 1, TotalHours: 2 }, 7200],
		['as long as it takes', null],
		[undefined, null],
	])('with its duration in any form: %j', (Duration, durationSeconds) => {
		expect(read({ ...row, Duration })).toMatchObject({ requests: [{ durationSeconds }] })
	})

	test.each([
		['Approved', 'approved'],
		['denied', 'denied'],
		['Canceled', 'cancelled'],
		[{ value: 0, Value: 'Pending' }, 'pending'],
		['Whatever', 'unknown'],
	])('with its status: %j', (ApprovalStatus, seen) => {
		expect(read({ ...row, ApprovalStatus })).toMatchObject({ requests: [{ seen }] })
	})

	test('has run out twelve hours after it was made, for which Microsoft has no word', () => {
		expect(read({ ...row, CreatedDate: '2026-11-29T00:00:00.001Z' })).toMatchObject({
			requests: [{ seen: 'pending' }],
		})
		expect(read({ ...row, CreatedDate: '2026-11-29T00:00:00.000Z' })).toMatchObject({
			requests: [{ seen: 'expired' }],
		})
	})

	test('is refused as a whole, with what is wrong and with which', () => {
		expect(parseM365Output('RequestId : EXSR1', NOW)).toEqual({ problem: 'NO_JSON', row: 0 })
		expect(read([row, { ...row, RequestId: '' }])).toEqual({ problem: 'NO_NUMBER', row: 2 })
		expect(read([row, { ...row, ApprovalStatus: 0 }])).toEqual({ problem: 'NO_STATUS', row: 2 })
		expect(read([row, { ...row, CreatedDate: 'x' }])).toEqual({ problem: 'NO_TIME', row: 2 })
		expect(read(7)).toEqual({ problem: 'NO_REQUESTS', row: 1 })
	})
})

/**
 * What PowerShell makes of a text between single quotes, by its grammar: any of five characters opens and closes, and two
 * in a row stand for the first of them. Gives the text and what is left of the line; null where no text begins or ends.
 */
function readQuoted(line: string): { text: string; rest: string } | null {
	const isQuote = (char: string | undefined) =>
		char !== undefined && "'\u2018\u2019\u201A\u201B".includes(char)
	if (!isQuote(line[0])) return null
	let text = ''
	for (let i = 1; i < line.length; i++) {
		if (!isQuote(line[i])) text += line[i]
		else if (isQuote(line[i + 1])) text += line[i++]
		else return { text, rest: line.slice(i + 1) }
	}
	return null
}

describe('the command that answers', () => {
	test('property: no value breaks out of its quotes, and each is read back as it was', () => {
		const nasty = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc
				.array(
					fc.constantFrom(
						"'",
						'\u2018',
						'\u2019',
						'\u201A',
						'\u201B',
						'"',
						'`',
						'$',
						'(',
						')',
						';',
						'\n',
						'\r',
						'\0',
						'\u2028',
						'#',
						'|',
						'a',
					),
				)
				.map((chars) => chars.join('')),
		)
		fc.assert(
			fc.property(
				nasty,
				nasty,
				fc.constantFrom('approve' as const, 'deny' as const),
				(id, reason, verdict) => {
					const command = answerCommand({ providerRequestId: id, verdict, reason, service: 'Exchange; rm' })
					const head = `Set-AccessToCustomerDataRequest -ApprovalDecision ${verdict === 'approve' ? 'Approve' : 'Deny'} -RequestId `
					expect(command.startsWith(head)).toBe(true)
					const first = readQuoted(command.slice(head.length))
					expect(first?.rest.startsWith(' -Comment ')).toBe(true)
					const second = readQuoted(first?.rest.slice(' -Comment '.length) ?? '')
					expect(second?.rest).toBe('')
					const plain = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ')
					expect([first?.text, second?.text]).toEqual([plain(id), plain(reason)])
					expect(command).not.toMatch(/[\r\n\0\u2028\u2029]/)
				},
			),
			{ numRuns: 1000 },
		)
	})

	test('names a service only where it is one of those that Microsoft takes', () => {
		const order = { providerRequestId: 'EXSR1', verdict: 'deny' as const, reason: "O'Brien's" }
		expect(answerCommand({ ...order, service: 'exchange' })).toBe(
			"Set-AccessToCustomerDataRequest -ApprovalDecision Deny -RequestId 'EXSR1' -Comment 'O''Brien''s' -ServiceName Exchange",
		)
		expect(answerCommand({ ...order, service: 'OneDrive' })).not.toContain('ServiceName')
		expect(quotePowerShell('')).toBe("''")
	})
})
