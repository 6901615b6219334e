import { useWords } from '#app/messages/text.tsx'
import type { FeedCredentials } from '#app/services/presence/manage-feeds.server.ts'
import { CopyButton } from './ui/copy-button.tsx'

/** What a badge system is set up with. The secret is on this page once. */
export function FeedCredentialsNotice({ credentials: { url, secret } }: { credentials: FeedCredentials }) {
	const { t } = useWords()
	return (
		<section className="notice notice-good stack" role="status">
			<p>
				<strong>{t('facilities.credentials')}</strong>
			</p>
			<dl className="facts">
				<dt>{t('facilities.address')}</dt>
				<dd>
					<code>{url}</code> <CopyButton text={url} />
				</dd>
				<dt>{t('facilities.secret')}</dt>
				<dd>
					<code>{secret}</code> <CopyButton text={secret} />
				</dd>
			</dl>
		</section>
	)
}
