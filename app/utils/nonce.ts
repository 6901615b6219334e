import { createContext } from 'react'

/**
 * The word that lets a page's own scripts run (CSP Level 3, nonce sources). It comes with the request and not from a loader,
 * since the page of an error, or of an address that does not exist, has no loader's data and has scripts all the same.
 * Empty in the browser, which empties the attribute too: comparing it on hydration would always warn.
 */
export const NonceContext = createContext('')
