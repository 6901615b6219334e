import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '#app/config.server.ts'

let folder: string
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'charterkeep-settings-'))
	writeFileSync(join(folder, 'password'), 'p@ss word\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FROM = { CHARTERKEEP_MAIL_FROM: 'Charterkeep <access@example.gov>' }
const read = (environment: Record<string, string>) => readConfig(environment, folder).telling

describe('the settings by which people are told', () => {
	test('are none: nothing is mailed and nothing is called', () => {
		expect(read({})).toEqual({ mail: null, webhooks: { hosts: [], caPem: null, timeoutMs: 15_000 } })
	})

	test('name a server that is spoken to by TLS in either way, with the password from a file', () => {
		const CHARTERKEEP_SMTP_PASSWORD_FILE = join(folder, 'password')
		expect(
			read({
				...FROM,
				CHARTERKEEP_SMTP_URL: 'smtp://keeper@mail.example.gov',
				CHARTERKEEP_SMTP_PASSWORD_FILE,
			}).mail,
		).toMatchObject({
			host: 'mail.example.gov',
			port: 587,
			isImplicit: false,
			isPlain: false,
			user: 'keeper',
			password: 'p@ss word',
		})
		expect(read({ ...FROM, CHARTERKEEP_SMTP_URL: 'smtps://[2001:db8::1]' }).mail).toMatchObject({
			host: '2001:db8::1',
			port: 465,
			isImplicit: true,
			user: null,
		})
	})

	test('name hosts of webhooks as they stand in addresses', () => {
		expect(read({ CHARTERKEEP_WEBHOOK_HOSTS: 'SIEM.example.gov, localhost:8443,' }).webhooks.hosts).toEqual([
			'siem.example.gov',
			'localhost:8443',
		])
	})

	test.each([
		[{ CHARTERKEEP_SMTP_URL: 'smtp://mail.example.gov' }, /together/],
		[FROM, /together/],
		[{ ...FROM, CHARTERKEEP_SMTP_URL: 'mail.example.gov' }, /CHARTERKEEP_SMTP_URL must be/],
		[{ ...FROM, CHARTERKEEP_SMTP_URL: 'smtp://user@mail.example.gov' }, /PASSWORD_FILE/],
		[
			{ ...FROM, CHARTERKEEP_SMTP_URL: 'smtps://mail.example.gov', CHARTERKEEP_SMTP_TLS: 'off' },
			/choose one/,
		],
		[{ CHARTERKEEP_MAIL_FROM: 'a@b.example\r\nBcc: c@d.example' }, /CHARTERKEEP_MAIL_FROM must be/],
		[{ CHARTERKEEP_WEBHOOK_HOSTS: 'https://siem.example.gov/hook' }, /WEBHOOK_HOSTS must be hosts/],
		[{ CHARTERKEEP_WEBHOOK_CA_FILE: '/nowhere/ca.pem' }, /cannot be read/],
	])('that cannot be used are refused at the start: %j', (environment, message) => {
		expect(() => read(environment)).toThrow(message)
	})
})
