// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import Testing
