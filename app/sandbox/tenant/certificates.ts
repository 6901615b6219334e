import 'reflect-metadata'
import { webcrypto, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(webcrypto as Crypto)

export type Certificates = {
	/** The sandbox's own authority; clients trust it by being handed this text, never by a global setting. */
	caPem: string
	server: { cert: string; key: string }
	/** Certificate and key that Charterkeep signs its client assertions with. */
	clientPem: string
	/** The same of the second application, which can only remove. */
	killSwitchPem: string
}

const ALGORITHM = {
	name: 'RSASSA-PKCS1-v1_5',
	hash: 'SHA-256',
	publicExponent: new Uint8Array([1, 0, 1]),
	modulusLength: 2048,
}
const VALID_DAYS = 825
const RENEW_BEFORE_DAYS = 30
const DAY_MS = 86_400_000

/** The certificates of the sandbox tenant: made once, kept in `directory` (files 0600), made anew before they end. */
export async function sandboxCertificates(directory: string, now: Date): Promise<Certificates> {
	const file = join(directory, 'certificates.json')
	if (existsSync(file)) {
		const kept = JSON.parse(readFileSync(file, 'utf8')) as Certificates
		const end = Date.parse(new X509Certificate(kept.server.cert).validTo)
		// A file of before there was a second application is made anew.
		const isWhole = 'killSwitchPem' in kept
		if (isWhole && end - now.getTime() > RENEW_BEFORE_DAYS * DAY_MS) return kept
	}
	const made = await makeCertificates(now)
	mkdirSync(directory, { recursive: true, mode: 0o700 })
	writeFileSync(file, JSON.stringify(made), { mode: 0o600 })
	return made
}

async function makeCertificates(now: Date): Promise<Certificates> {
	const validity = {
		notBefore: new Date(now.getTime() - DAY_MS),
		notAfter: new Date(now.getTime() + VALID_DAYS * DAY_MS),
	}
	const newKeys = () =>
		webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
	const [caKeys, serverKeys, clientKeys, killKeys] = await Promise.all([
		newKeys(),
		newKeys(),
		newKeys(),
		newKeys(),
	])
	const ca = await x509.X509CertificateGenerator.createSelfSigned({
		name: 'CN=Charterkeep sandbox authority',
		keys: caKeys,
		signingAlgorithm: ALGORITHM,
		...validity,
		extensions: [
			new x509.BasicConstraintsExtension(true, 0, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
		],
	})
	const server = await x509.X509CertificateGenerator.create({
		subject: 'CN=localhost',
		issuer: ca.subject,
		publicKey: serverKeys.publicKey,
		signingKey: caKeys.privateKey,
		signingAlgorithm: ALGORITHM,
		...validity,
		extensions: [
			new x509.SubjectAlternativeNameExtension([
				{ type: 'dns', value: 'localhost' },
				{ type: 'ip', value: '127.0.0.1' },
			]),
			new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
		],
	})
	const clientPem = async (name: string, keys: CryptoKeyPair) => {
		const made = await x509.X509CertificateGenerator.createSelfSigned({
			name,
			keys,
			signingAlgorithm: ALGORITHM,
			...validity,
		})
		return `${await privatePem(keys)}\n${made.toString('pem')}\n`
	}
	return {
		caPem: ca.toString('pem'),
		server: { cert: server.toString('pem'), key: await privatePem(serverKeys) },
		clientPem: await clientPem('CN=Charterkeep grant connector', clientKeys),
		killSwitchPem: await clientPem('CN=Charterkeep kill switch', killKeys),
	}
}

async function privatePem({ privateKey }: CryptoKeyPair): Promise<string> {
	const der = await webcrypto.subtle.exportKey('pkcs8', privateKey)
	const lines =
		Buffer.from(der)
			.toString('base64')
			.match(/.{1,64}/g) ?? []
	return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----`
}
