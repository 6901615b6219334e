import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { certificatesOf, endOfCertificate } from '#app/integrations/graph/certificates.ts'
import { showMyWork } from '#app/services/home/frame.server.ts'
import { tellCertificates } from '#app/services/tenant/tell-certificates.server.ts'
import { judgeCertificate } from '#app/services/tenant-check/certificate.ts'
import { toldTo } from '#test/app/acts.ts'
import { createTestApp, type TestApp } from '#test/app/test-app.ts'

const DAY = 86_400_000
let app: TestApp
beforeEach(async () => {
	app = await createTestApp({ hasKillSwitch: true })
})
afterEach(() => app.stop())

const officer = () => app.actor('security-officer')
const warned = async () =>
	(await toldTo(app, officer())).filter(({ kind }) => kind === 'certificate_expires').map(({ code }) => code)

test('the end of a certificate is read from its file, whatever stands before it; what is none has no end', () => {
	const { certificatePem } = app.connection.identity
	const end = endOfCertificate(certificatePem)
	expect(end?.getTime()).toBeGreaterThan(Date.now() + 365 * DAY)
	expect(endOfCertificate('no certificate')).toBeNull()
	expect(endOfCertificate('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toBeNull()
	expect(certificatesOf({ by: 'managed', clientId: null }, null)).toEqual([])
	expect(app.deps.tenant.certificates.map(({ of }) => of)).toEqual(['application', 'killSwitch'])
})

describe('a certificate that ends', () => {
	test('is told to officers 30 days, 7 days and a day before, each time once, and stands on their home page', async () => {
		const endsAt = new Date(app.clock.now().getTime() + 31 * DAY)
		Object.assign(app.deps.tenant, { certificates: [{ of: 'application', endsAt }] })
		const later = async (days: number) => {
			app.clock.advance(days * DAY)
			await tellCertificates(app.deps)
			await tellCertificates(app.deps)
			return (await warned()).length
		}
		expect(await later(0)).toBe(0)
		expect((await showMyWork(app.deps, officer())).entra).toBeNull()
		expect([await later(1), await later(10), await later(13), await later(6)]).toEqual([1, 1, 2, 3])
		expect(await warned()).toEqual(['application', 'application', 'application'])
		const { entra } = await showMyWork(app.deps, officer())
		expect(entra?.certificates).toEqual([{ of: 'application', endsAt: endsAt.toISOString(), isOver: false }])
		expect((await showMyWork(app.deps, app.actor('operator'))).entra).toBeNull()
	})

	test.each([
		[40, 'ok', /valid until/],
		[12, 'warning', /in 12 days/],
		[-1, 'error', /It ended on/],
	] as const)('in %d days is for the tenant check: %s', (days, level, words) => {
		const now = app.clock.now()
		const endsAt = new Date(now.getTime() + days * DAY)
		const finding = judgeCertificate({ of: 'killSwitch', endsAt }, now)
		expect(finding).toMatchObject({ level, about: 'certificate of the kill switch' })
		expect(finding.sentence).toMatch(words)
	})
})
